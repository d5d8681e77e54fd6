import { Option, type Command } from 'commander';
import type { Config } from '@floatpath/audit';
import { FloatpathError } from '@floatpath/core';
import { about } from './errors.js';

export const CONFIG_FILE = 'floatpath.config.json';

export const configOption = (): Option =>
  new Option(
    '--config <file>',
    `settings that flags override (default: ./${CONFIG_FILE}, if there)`,
  );

/** What the configuration says for one command, and which file it is. */
export interface FromConfig<S extends keyof Config> {
  readonly file: string;
  readonly section: NonNullable<Config[S]>;
  /** The model files that an audit by the same configuration reads. */
  readonly models: readonly string[];
}

/** The text of the file that was named, or of the usual one where it lies here. */
async function readConfigFile(named: string | undefined): Promise<string | undefined> {
  const { readInputFile } = await import('@floatpath/node');
  try {
    return new TextDecoder().decode(await readInputFile(named ?? CONFIG_FILE));
  } catch (error) {
    const absent = error instanceof FloatpathError && error.code === 'file-not-found';
    if (named === undefined && absent) return undefined;
    throw error;
  }
}

/** A value of the configuration as its flag would have made it; a flag that may be repeated takes a list one by one. */
function parsedValue(option: Option, value: unknown): unknown {
  const { parseArg, defaultValue } = option;
  if (typeof value === 'boolean' || parseArg === undefined) return value;
  const repeated = Array.isArray(defaultValue) && defaultValue.length === 0;
  if (repeated && Array.isArray(value))
    return value.reduce((before: unknown, one) => parseArg(String(one), before), defaultValue);
  return parseArg(Array.isArray(value) ? value.join(',') : String(value), undefined);
}

/** The flag's own rule, whose sentence begins with the flag, told about a key. */
function parsedAt(key: string, option: Option, value: unknown): unknown {
  try {
    return parsedValue(option, value);
  } catch (error) {
    if (!(error instanceof FloatpathError)) throw error;
    const message = error.message.replace(/^--[\w-]+: /, '');
    throw new FloatpathError(error.code, `${key}: ${message}`, { cause: error });
  }
}

/**
 * Reads the configuration and gives every option that the person wrote no flag for the value that stands there.
 *
 * @throws {FloatpathError} naming the file and the key
 */
export async function applyConfig<S extends 'audit' | 'gate'>(
  command: Command,
  section: S,
): Promise<FromConfig<S>> {
  const named = command.opts<{ config?: string }>().config;
  const file = named ?? CONFIG_FILE;
  const text = await readConfigFile(named);
  const empty = {} as NonNullable<Config[S]>;
  if (text === undefined) return { file, section: empty, models: [] };
  const { readConfig } = await import('@floatpath/audit');
  return about(file, () => {
    const config = readConfig(text);
    const values = config[section] ?? empty;
    for (const [key, value] of Object.entries(values)) {
      const option = command.options.find((candidate) => candidate.attributeName() === key);
      const source = command.getOptionValueSource(key);
      if (option === undefined || (source !== undefined && source !== 'default')) continue;
      const parsed = parsedAt(`${section}.${key}`, option, value);
      command.setOptionValueWithSource(key, parsed, 'config');
    }
    return { file, section: values, models: config.audit?.models ?? [] };
  });
}
