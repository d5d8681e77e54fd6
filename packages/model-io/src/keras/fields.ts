import { FloatpathError } from '@floatpath/core';

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The settings of one layer, checked for their kind when they are asked for. */
export interface Fields {
  /** The layer's name, for messages. */
  readonly at: string;
  readonly all: Json;
  integer(name: string, fallback: number): number;
  number(name: string, fallback: number): number;
  flag(name: string, fallback: boolean): boolean;
  text(name: string, fallback: string): string;
  /** One integer for both or one each. */
  integers(name: string, count: number, fallback: readonly number[]): readonly number[];
  /** Whether the setting is there and not null. */
  has(name: string): boolean;
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 60) ?? 'nothing';

export const invalidLayer = (at: string, expectation: string): FloatpathError =>
  new FloatpathError('malformed-file', `readKeras: expected ${expectation} at layer "${at}"`);

export const unsupportedLayer = (at: string, what: string): FloatpathError =>
  new FloatpathError(
    'unsupported-op',
    `readKeras: unsupported ${what} at layer "${at}"; replace the layer or export the model as ONNX`,
  );

export function fieldsOf(at: string, all: Json): Fields {
  const wrong = (name: string, kind: string): FloatpathError =>
    invalidLayer(at, `setting ${name} to be ${kind}, got ${shown(all[name])},`);
  const has = (name: string): boolean => all[name] !== undefined && all[name] !== null;
  function numberWhere(
    name: string,
    fallback: number,
    kind: string,
    holds: (value: unknown) => boolean,
  ): number {
    const value = has(name) ? all[name] : fallback;
    if (typeof value !== 'number' || !holds(value)) throw wrong(name, kind);
    return value;
  }
  return {
    at,
    all,
    has,
    number: (name, fallback) => numberWhere(name, fallback, 'a finite number', Number.isFinite),
    integer: (name, fallback) => numberWhere(name, fallback, 'an integer', Number.isSafeInteger),
    flag(name, fallback) {
      const value = has(name) ? all[name] : fallback;
      if (typeof value !== 'boolean') throw wrong(name, 'true or false');
      return value;
    },
    text(name, fallback) {
      const value = has(name) ? all[name] : fallback;
      if (typeof value !== 'string') throw wrong(name, 'a word');
      return value;
    },
    integers(name, count, fallback) {
      const value = has(name) ? all[name] : fallback;
      const list: readonly unknown[] = Array.isArray(value)
        ? value
        : new Array<unknown>(count).fill(value);
      if (list.length !== count || !list.every((entry) => Number.isSafeInteger(entry)))
        throw wrong(name, `${count} integers`);
      return list as readonly number[];
    },
  };
}
