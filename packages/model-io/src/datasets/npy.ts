import { FloatpathError, sizeOf } from '@floatpath/core';
import { fromHalf } from '../half.js';
import { plainBytes } from '../plain-bytes.js';
import { npyElements, type NpyArray, type NpyElement } from './npy-types.js';

const MAGIC = '\x93NUMPY';
const halfElement: NpyElement = {
  dtype: 'float32',
  code: 'f2',
  size: 2,
  make: (buffer) => Float32Array.from(new Uint16Array(buffer), fromHalf),
};

const text = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

const malformed = (message: string): FloatpathError =>
  new FloatpathError('malformed-file', `readNpy: ${message}`);

export interface NpyHeader {
  readonly element: NpyElement;
  readonly bigEndian: boolean;
  readonly columnMajor: boolean;
  readonly shape: readonly number[];
  readonly start: number;
}

/** The header is a Python dictionary as text: its three keys are all that is looked for. */
export function npyHeader(bytes: Uint8Array): NpyHeader {
  if (text(bytes.subarray(0, 6)) !== MAGIC || bytes.length < 12) {
    throw malformed(
      `expected a NumPy array (bytes 93 4e 55 4d 50 59 first), got ${bytes.length} other bytes`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = (bytes[6] ?? 0) >= 2;
  const start = wide ? 12 + view.getUint32(8, true) : 10 + view.getUint16(8, true);
  if (start > bytes.length)
    throw malformed(`expected a header of ${start} bytes, got a file of ${bytes.length}`);
  const header = text(bytes.subarray(wide ? 12 : 10, start));
  const descr = /'descr':\s*('[^']*'|\[)/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const extents = /'shape':\s*\(([\d\s,]*)\)/.exec(header)?.[1];
  if (descr === undefined || order === undefined || extents === undefined) {
    throw malformed('expected a header with descr, fortran_order and shape, got another');
  }
  const [, endian, code] = /^'([<>|=]?)(\w+)'$/.exec(descr) ?? [];
  const element = [halfElement, ...npyElements].find((known) => known.code === code);
  if (element === undefined) {
    throw new FloatpathError(
      'unsupported-format',
      `readNpy: expected an array of numbers, got element type ${descr === '[' ? 'record' : descr}; save it with astype(numpy.float32)`,
    );
  }
  const shape = extents
    .split(',')
    .filter((extent) => extent.trim() !== '')
    .map(Number);
  return { element, bigEndian: endian === '>', columnMajor: order === 'True', shape, start };
}

/** The file's values in a buffer of their own, little-endian. */
function littleEndian(bytes: Uint8Array, size: number, bigEndian: boolean): ArrayBuffer {
  const own = bytes.slice();
  if (bigEndian)
    for (let at = 0; at < own.length; at += size) own.subarray(at, at + size).reverse();
  return own.buffer;
}

/** Stored values as they lie in the file. */
export const npyValues = (
  { element, bigEndian }: Pick<NpyHeader, 'element' | 'bigEndian'>,
  bytes: Uint8Array,
): NpyArray['data'] => element.make(littleEndian(bytes, element.size, bigEndian));

/** Rewrites column-major values in row-major order. */
function rowMajor(source: NpyArray['data'], shape: readonly number[]): NpyArray['data'] {
  const target = source.slice();
  const strides: number[] = [];
  shape.reduce((stride, extent) => (strides.push(stride), stride * extent), 1);
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < target.length; to += 1) {
    target[to] = source[from] as never;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      from += strides[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      from -= (strides[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return target;
}

/**
 * Reads a NumPy .npy file: versions 1 to 3, floats of 2, 4, 8 bytes, integers of 1 to 8, bool; either byte order; column-major
 * (Fortran) arrays are returned row-major, float16 widened to float32.
 *
 * @throws {FloatpathError} `malformed-file` naming expected and actual byte counts, `unsupported-format` for objects, strings,
 * complex numbers and records
 * @see NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays"
 */
export function readNpy(file: Uint8Array): NpyArray {
  const bytes = plainBytes(file);
  const { element, bigEndian, columnMajor, shape, start } = npyHeader(bytes);
  const expected = sizeOf(shape) * element.size;
  if (bytes.length - start !== expected) {
    throw malformed(
      `expected ${expected} bytes of values for shape [${shape.join(', ')}], got ${bytes.length - start}; the file is truncated or damaged`,
    );
  }
  const stored = npyValues({ element, bigEndian }, bytes.subarray(start));
  const data = columnMajor && shape.length > 1 ? rowMajor(stored, shape) : stored;
  return { dtype: element.dtype, shape, data } as NpyArray;
}

/** Writes an array or a tensor as .npy version 1, little-endian, row-major; the bytes depend on nothing else. */
export function writeNpy(array: NpyArray): Uint8Array {
  const element = npyElements.find(({ dtype }) => dtype === array.dtype) as NpyElement;
  const order = element.size === 1 ? '|' : '<';
  const extents = array.shape.length === 1 ? `${array.shape[0]},` : array.shape.join(', ');
  const dictionary = `{'descr': '${order}${element.code}', 'fortran_order': False, 'shape': (${extents}), }`;
  // NumPy pads the header so that the values start at a multiple of 64.
  const header = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`;
  const { buffer, byteOffset, byteLength } = array.data;
  const bytes = new Uint8Array(10 + header.length + byteLength);
  const put = (at: number, characters: string): void =>
    bytes.set(
      Array.from(characters, (character) => character.charCodeAt(0)),
      at,
    );
  put(0, MAGIC);
  bytes.set([1, 0, header.length & 0xff, header.length >> 8], 6);
  put(10, header);
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), 10 + header.length);
  return bytes;
}
