import type { Random } from './random.js';
import { mutateBytes } from './mutate-bytes.js';

const odd = [
  '0',
  '-1',
  '1e999',
  '-1e-999',
  'NaN',
  'Infinity',
  '9007199254740993',
  '4294967296',
  '0x10',
  '1.',
  '.',
  '-',
  '""',
  '\u0000',
  '\ufeff',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  'null',
  'true',
  '"\\u0000"',
  '[]',
  '{}',
  '99999999999999999999',
];

/** Damages a text word by word: words are left out, doubled, exchanged and replaced by odd ones. */
export function mutateText(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.once(8)) return mutateBytes(bytes, random);
  const words = new TextDecoder('latin1').decode(bytes).split(/(\s+|[()[\]{},:"])/);
  const at = (): number => random.below(words.length);
  for (let changes = 1 + random.below(4); changes > 0; changes -= 1) {
    const here = at();
    random.pick([
      () => words.splice(here, 1 + random.below(3)),
      () => words.splice(here, 0, ...words.slice(here, here + 1 + random.below(8))),
      () => void (words[here] = random.pick(odd)),
      () => void (words[here] = words[at()] as string),
      () => void (words[here] = `${words[here]}${random.pick(odd)}`),
      () => words.splice(here, 0, random.pick(odd).repeat(1 + random.below(1000))),
    ])();
  }
  return new Uint8Array(Buffer.from(words.join(''), 'latin1'));
}
