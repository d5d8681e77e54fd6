// Keras' own files and outputs, made by golden/make-keras-files.py.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

interface Expected {
  readonly shape: readonly number[];
  readonly outputs: readonly {
    readonly shape: readonly number[];
    readonly data: readonly number[];
  }[];
}

interface Packed {
  readonly models: Readonly<
    Record<string, Readonly<Record<string, string>> & { readonly expected: Expected }>
  >;
}

const { models } = JSON.parse(
  readFileSync(new URL('../golden/keras-files.json', import.meta.url), 'utf8'),
) as Packed;

export type KerasKind = 'keras' | 'h5' | 'json' | 'weights.h5';

export const kerasNames = Object.keys(models);

export function kerasFile(name: string, kind: KerasKind): Uint8Array {
  return new Uint8Array(gunzipSync(Buffer.from(models[name]?.[kind] ?? '', 'base64')));
}

export const kerasOutputs = (name: string): Expected => models[name]?.expected as Expected;
