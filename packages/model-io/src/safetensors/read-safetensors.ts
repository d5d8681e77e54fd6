import { FloatpathError, sizeOf, type Float32Tensor } from '@floatpath/core';
import { asReader, malformedIn } from '../as-reader.js';
import { fromBfloat16, fromHalf } from '../half.js';
import { parseJson } from '../json.js';
import { isObject } from '../keras/fields.js';
import { plainBytes } from '../plain-bytes.js';

const malformed = malformedIn('readSafetensors');

/** The header may be this long, as the format's own library has it. */
const LONGEST_HEADER = 100_000_000;

const types: Readonly<
  Record<string, readonly [size: number, read: (view: DataView, at: number) => number]>
> = {
  F16: [2, (view, at) => fromHalf(view.getUint16(at, true))],
  BF16: [2, (view, at) => fromBfloat16(view.getUint16(at, true))],
  F32: [4, (view, at) => view.getFloat32(at, true)],
  F64: [8, (view, at) => view.getFloat64(at, true)],
};

/** Whether bytes look like a safetensors file: a length and a JSON object of that length. */
export function isSafetensors(bytes: Uint8Array): boolean {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getBigUint64(0, true) <= BigInt(bytes.length - 8);
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Float32Tensor>;
  /** Types other than float32 that were converted to it. */
  readonly widened: ReadonlySet<string>;
}

interface Entry {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly shape: readonly number[];
  readonly count: number;
  readonly value: (i: number) => number;
}

function headerOf(bytes: Uint8Array): { header: Readonly<Record<string, unknown>>; start: number } {
  if (bytes.length < 8) throw malformed(`expected a safetensors file, got ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > LONGEST_HEADER || length > bytes.length - 8)
    throw malformed(`expected a header within ${bytes.length} bytes, got a claim of ${length}`);
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  const header = parseJson('readSafetensors', text);
  if (!isObject(header)) throw malformed('expected the header to be a JSON object');
  return { header, start: 8 + length };
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/**
 * Reads the tensors of a safetensors file as float32. float64 is rounded once; float16 and bfloat16 are exact.
 *
 * @throws {FloatpathError} `malformed-file` naming the tensor (out of the file, overlapping others, of another size);
 * `unsupported-format` for tensors of other types
 * @see github.com/huggingface/safetensors, Format
 */
export const readSafetensors = (file: Uint8Array): Safetensors =>
  asReader('readSafetensors', () => tensorsOf(file));

function tensorsOf(file: Uint8Array): Safetensors {
  const bytes = plainBytes(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { header, start } = headerOf(bytes);
  const tensors = new Map<string, Float32Tensor>();
  const widened = new Set<string>();
  const entries: Entry[] = [];
  for (const [name, stated] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets: offsets } = isObject(stated) ? stated : {};
    const fits =
      Array.isArray(shape) &&
      shape.every(isCount) &&
      Array.isArray(offsets) &&
      offsets.length === 2 &&
      offsets.every(isCount);
    if (!fits) throw malformed(`expected a shape and two offsets of tensor "${name}"`);
    const type =
      typeof dtype === 'string' && Object.hasOwn(types, dtype) ? types[dtype] : undefined;
    if (type === undefined) {
      throw new FloatpathError(
        'unsupported-format',
        `readSafetensors: expected tensor "${name}" in F16, BF16, F32 or F64, got ${JSON.stringify(dtype)}`,
      );
    }
    const [size, read] = type;
    const [from, to] = offsets as readonly number[] as readonly [number, number];
    const count = sizeOf(shape as number[]);
    if (to - from !== count * size || start + to > bytes.length)
      throw malformed(
        `expected ${count * size} bytes of tensor "${name}" within ${bytes.length - start}, got ${from} to ${to}`,
      );
    if (dtype !== 'F32') widened.add(String(dtype));
    const value = (i: number): number => read(view, start + from + i * size);
    entries.push({ name, from, to, shape: shape as readonly number[], count, value });
  }
  // Before memory is taken: many tensors over the same bytes would fill it.
  entries.sort((a, b) => a.from - b.from);
  entries.forEach(({ from, name }, i) => {
    if (from < (entries[i - 1]?.to ?? 0))
      throw malformed(`expected tensor "${name}" to have bytes of its own, got some of another's`);
  });
  for (const { name, shape, count, value } of entries) {
    const data = Float32Array.from({ length: count }, (_, i) => value(i));
    tensors.set(name, { dtype: 'float32', shape, data });
  }
  return { tensors, widened };
}
