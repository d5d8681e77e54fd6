import type { TargetRule } from '@floatpath/audit';
import { readInputFile } from '@floatpath/node';
import { argumentError } from './arguments.js';
import { about } from './errors.js';

const WORDS = ['next', 'least-likely', 'random', 'all'] as const;
const PREFIX = 'file:';

/** What stands after --targets; `file:` names a file of classes. */
export type TargetsArgument = TargetRule | { readonly file: string };

export const targetsArgument = (flag: string) => (text: string) => {
  const word = WORDS.find((rule) => rule === text);
  if (word !== undefined) return word;
  if (text.startsWith(PREFIX)) return { file: text.slice(PREFIX.length) };
  if (/^\d+$/.test(text)) return Number(text);
  if (/^\d+(,\d+)+$/.test(text)) return text.split(',').map(Number);
  const wanted = `${WORDS.join(', ')}, a class, a class per image with commas, or file:path`;
  throw argumentError(flag, wanted, text);
};

/** @throws {FloatpathError} `file-not-found`; `invalid-argument` for a file of other things than whole numbers, naming it */
export async function targetRule(argument: TargetsArgument): Promise<TargetRule> {
  if (typeof argument !== 'object' || !('file' in argument)) return argument;
  const text = new TextDecoder().decode(await readInputFile(argument.file));
  return about(argument.file, () => {
    const words = text.split(/[\s,]+/).filter(Boolean);
    const wrong = words.find((word) => !/^\d+$/.test(word));
    if (wrong === undefined && words.length > 0) return words.map(Number);
    throw argumentError('--targets', 'a file of one class per image', wrong ?? '');
  });
}
