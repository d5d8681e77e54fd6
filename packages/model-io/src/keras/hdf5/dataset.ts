import { FloatpathError, sizeOf } from '@floatpath/core';
import { unpackLimit } from '../../unpack-limit.js';
import { readChunks } from './chunks.js';
import { readDataspace } from './dataspace.js';
import { readDatatype } from './datatype.js';
import { numbersOf } from './elements.js';
import { messageType, type Message } from './object-header.js';
import { malformedAt, type Source } from './source.js';

/** Numbers with their shape, as wide as JavaScript has them. */
export interface Dataset {
  readonly shape: readonly number[];
  /** Type in the file: `float16`, `float32`, `int64`, ... */
  readonly type: string;
  readonly values: Float64Array;
}

function storedBytes(
  source: Source,
  messages: readonly Message[],
  shape: readonly number[],
  elementSize: number,
): Uint8Array {
  const layout = messages.find(({ type }) => type === messageType.layout);
  if (layout === undefined) throw new Error('a dataset without a layout is no dataset');
  const { at } = layout;
  const version = source.u8(at);
  const later = version >= 3;
  const kind = source.u8(at + (later ? 1 : 2));
  const size = sizeOf(shape) * elementSize;
  if (version < 1 || version > 4 || kind > 2 || (kind === 2 && version === 4)) {
    throw new FloatpathError(
      'unsupported-format',
      `readHdf5: expected data in the format of h5py's default, got layout ${version}.${kind} at byte ${at}; save the file without libver="latest"`,
    );
  }
  const need = (place: number | undefined): number => {
    if (place === undefined) throw malformedAt(at, 'expected values of a dataset, got none stored');
    return place;
  };
  if (later && kind === 0) return source.slice(at + 4, size);
  if (later && kind === 1) return source.slice(need(source.address(at + 2)), size);
  if (later) {
    const rank = source.u8(at + 2);
    const extents = Array.from({ length: rank - 1 }, (_, axis) =>
      source.u32(at + 3 + source.addressSize + 4 * axis),
    );
    return chunked(need(source.address(at + 3)), extents);
  }
  const rank = source.u8(at + 1);
  const sizes = at + 8 + (kind === 0 ? 0 : source.addressSize);
  const extents = Array.from({ length: rank }, (_, axis) => source.u32(sizes + 4 * axis));
  if (kind === 0) return source.slice(sizes + 4 * rank + 4, size);
  const place = need(source.address(at + 8));
  return kind === 1 ? source.slice(place, size) : chunked(place, extents.slice(0, shape.length));

  function chunked(tree: number, extents: readonly number[]): Uint8Array {
    if (extents.length !== shape.length || extents.some((extent) => extent === 0))
      throw malformedAt(
        at,
        `expected chunks of [${shape.join(', ')}], got [${extents.join(', ')}]`,
      );
    return readChunks(source, messages, tree, shape, extents, elementSize);
  }
}

/**
 * The numbers of a dataset. Sizes are checked against the file before memory is taken.
 *
 * @throws {FloatpathError} `malformed-file`, `unsupported-format`
 */
export function readDataset(source: Source, messages: readonly Message[], at: number): Dataset {
  const find = (wanted: number): number => {
    const message = messages.find(({ type }) => type === wanted);
    if (message === undefined) throw malformedAt(at, 'expected a dataset, got another object');
    return message.at;
  };
  const type = readDatatype(source, find(messageType.datatype));
  const shape = readDataspace(source, find(messageType.dataspace)) ?? [0];
  if (type.kind !== 'number')
    throw malformedAt(at, 'expected a dataset of numbers, got one of texts');
  if (sizeOf(shape) * type.size > unpackLimit(source.bytes.length))
    throw malformedAt(at, `expected values that the file can hold, got [${shape.join(', ')}]`);
  const bytes =
    sizeOf(shape) === 0 ? new Uint8Array() : storedBytes(source, messages, shape, type.size);
  return { shape, type: type.name, values: numbersOf(type, bytes) };
}
