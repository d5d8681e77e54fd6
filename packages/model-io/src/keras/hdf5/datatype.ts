import { FloatpathError } from '@floatpath/core';
import { fromBfloat16, fromHalf } from '../../half.js';
import { malformedAt, type Source } from './source.js';

/** What the elements of a dataset or an attribute are. `size` is in bytes. */
export type Datatype =
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly size: number;
      /** The value whose bytes begin at `at`. */
      readonly read: (view: DataView, at: number) => number;
    }
  | { readonly kind: 'text'; readonly size: number; readonly padding: number }
  | { readonly kind: 'long-text'; readonly size: number };

const unsupported = (at: number, what: string): FloatpathError =>
  new FloatpathError(
    'unsupported-format',
    `readHdf5: expected numbers or text, got ${what} at byte ${at}; save the weights as float32`,
  );

/** Exponent's place and width, mantissa's width and bias of the floating-point types that are read. */
const floats: readonly (readonly [
  name: string,
  facts: string,
  read: (view: DataView, at: number, little: boolean) => number,
])[] = [
  ['float16', '2 10 5 10 15', (view, at, little) => fromHalf(view.getUint16(at, little))],
  ['bfloat16', '2 7 8 7 127', (view, at, little) => fromBfloat16(view.getUint16(at, little))],
  ['float32', '4 23 8 23 127', (view, at, little) => view.getFloat32(at, little)],
  ['float64', '8 52 11 52 1023', (view, at, little) => view.getFloat64(at, little)],
];

function integerReader(
  size: number,
  signed: boolean,
  little: boolean,
): ((view: DataView, at: number) => number) | undefined {
  if (size === 1) return (view, at) => (signed ? view.getInt8(at) : view.getUint8(at));
  if (size === 2)
    return (view, at) => (signed ? view.getInt16(at, little) : view.getUint16(at, little));
  if (size === 4)
    return (view, at) => (signed ? view.getInt32(at, little) : view.getUint32(at, little));
  if (size !== 8) return undefined;
  return (view, at) =>
    Number(signed ? view.getBigInt64(at, little) : view.getBigUint64(at, little));
}

/**
 * The type whose description begins at `at`.
 *
 * @throws {FloatpathError} `unsupported-format` for types that no Keras file holds
 * @see HDF5 File Format Specification 3.0, IV.A.2.d
 */
export function readDatatype(source: Source, at: number): Datatype {
  const kind = source.u8(at) & 0x0f;
  const bits = source.u8(at + 1);
  const size = source.u32(at + 4);
  const little = (bits & 1) === 0;
  if (size === 0) throw malformedAt(at, 'expected elements of at least one byte, got none');
  if (kind === 0) {
    const read = integerReader(size, (bits & 8) !== 0, little);
    if (read === undefined) throw unsupported(at, `integers of ${size} bytes`);
    return { kind: 'number', name: `int${8 * size}`, size, read };
  }
  if (kind === 1) {
    const facts = [
      size,
      source.u8(at + 12),
      source.u8(at + 13),
      source.u8(at + 15),
      source.u32(at + 16),
    ].join(' ');
    const found = floats.find(([, known]) => known === facts);
    if (found === undefined) throw unsupported(at, `floating-point numbers of ${size} bytes`);
    const [name, , read] = found;
    return { kind: 'number', name, size, read: (view, place) => read(view, place, little) };
  }
  if (kind === 3) return { kind: 'text', size, padding: bits & 0x0f };
  if (kind === 9 && (bits & 0x0f) === 1) {
    if (size !== 8 + source.addressSize)
      throw malformedAt(at, `expected references of ${8 + source.addressSize} bytes, got ${size}`);
    return { kind: 'long-text', size };
  }
  throw unsupported(at, `elements of class ${kind}`);
}
