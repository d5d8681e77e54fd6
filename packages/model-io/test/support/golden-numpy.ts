import { readFileSync } from 'node:fs';

interface GoldenNumpy {
  readonly npy: Readonly<
    Record<
      string,
      {
        readonly file: string;
        readonly shape: readonly number[];
        readonly values: readonly string[];
      }
    >
  >;
  readonly npz: Readonly<Record<'stored' | 'deflated' | 'nan' | 'counts', string>>;
  readonly idx: Readonly<Record<'images' | 'labels' | 'gz', string>>;
  readonly images: {
    readonly bytes: readonly number[];
    readonly scaled: readonly number[];
    readonly labels: readonly number[];
  };
}

/** Files that NumPy wrote; see golden/make-numpy-files.py. */
export const golden = JSON.parse(
  readFileSync(new URL('../golden/numpy-files.json', import.meta.url), 'utf8'),
) as GoldenNumpy;

export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
