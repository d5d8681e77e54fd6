import { FloatpathError, sizeOf } from '@floatpath/core';
import { unzlibSync } from 'fflate';
import { messageType, type Message } from './object-header.js';
import { unpackLimit } from '../../unpack-limit.js';
import { createVisits, malformedAt, type Source } from './source.js';

interface Filter {
  readonly id: number;
  /** Bytes of one element, for the filter that sorts bytes by their place in an element. */
  readonly first: number;
}

const DEFLATE = 1;
const SHUFFLE = 2;
const CHECKSUM = 3;

/** @see HDF5 File Format Specification 3.0, IV.A.2.l */
function filtersOf(source: Source, messages: readonly Message[]): readonly Filter[] {
  const message = messages.find(({ type }) => type === messageType.filters);
  if (message === undefined) return [];
  const version = source.u8(message.at);
  let at = message.at + (version === 1 ? 8 : 2);
  return Array.from({ length: source.u8(message.at + 1) }, () => {
    const id = source.u16(at);
    const named = version === 1 || id >= 256;
    const nameSize = named ? source.u16(at + 2) : 0;
    const values = source.u16(at + (named ? 6 : 4));
    const start = at + (named ? 8 : 6) + (version === 1 ? Math.ceil(nameSize / 8) * 8 : nameSize);
    const first = values > 0 ? source.u32(start) : 0;
    at = start + 4 * (values + (version === 1 ? values % 2 : 0));
    if (![DEFLATE, SHUFFLE, CHECKSUM].includes(id)) {
      throw new FloatpathError(
        'unsupported-format',
        `readHdf5: expected data stored plain or by gzip, got filter ${id} at byte ${message.at}; save the file without compression`,
      );
    }
    return { id, first };
  });
}

function unshuffled(bytes: Uint8Array, elementSize: number): Uint8Array {
  const count = Math.floor(bytes.length / Math.max(1, elementSize));
  const out = bytes.slice();
  for (let byte = 0; byte < elementSize; byte += 1)
    for (let i = 0; i < count; i += 1)
      out[i * elementSize + byte] = bytes[byte * count + i] as number;
  return out;
}

function unfiltered(
  at: number,
  stored: Uint8Array,
  filters: readonly Filter[],
  mask: number,
  size: number,
): Uint8Array {
  let bytes = stored;
  for (const [i, { id, first }] of [...filters.entries()].reverse()) {
    if ((mask & (1 << i)) !== 0) continue;
    if (id === CHECKSUM) bytes = bytes.subarray(0, Math.max(0, bytes.length - 4));
    else if (id === SHUFFLE) bytes = unshuffled(bytes, first);
    else {
      try {
        bytes = unzlibSync(bytes, { out: new Uint8Array(size + 4) });
      } catch {
        throw malformedAt(at, `expected ${size} packed bytes, got damaged ones`);
      }
    }
  }
  if (bytes.length < size)
    throw malformedAt(at, `expected ${size} bytes in a chunk, got ${bytes.length}`);
  return bytes;
}

/** Copies the part of a chunk that lies inside the whole, one run along the last axis at a time. */
function place(
  whole: Uint8Array,
  shape: readonly number[],
  chunk: Uint8Array,
  extents: readonly number[],
  start: readonly number[],
  elementSize: number,
): void {
  const last = shape.length - 1;
  const run = Math.min(extents[last] ?? 1, (shape[last] ?? 1) - (start[last] ?? 0)) * elementSize;
  const rows = sizeOf(extents.slice(0, -1));
  for (let row = 0; row < rows; row += 1) {
    let rest = row;
    let to = start[last] ?? 0;
    let step = shape[last] ?? 1;
    let inside = run > 0;
    for (let axis = last - 1; axis >= 0; axis -= 1) {
      const position = (start[axis] ?? 0) + (rest % (extents[axis] ?? 1));
      rest = Math.floor(rest / (extents[axis] ?? 1));
      inside &&= position < (shape[axis] ?? 1);
      to += position * step;
      step *= shape[axis] ?? 1;
    }
    const from = row * (extents[last] ?? 1) * elementSize;
    if (inside) whole.set(chunk.subarray(from, from + run), to * elementSize);
  }
}

/**
 * A dataset that is stored in chunks, each of which may be packed.
 *
 * @param tree - place of the tree of chunks
 * @param extents - of one chunk
 * @see HDF5 File Format Specification 3.0, III.A.1
 */
export function readChunks(
  source: Source,
  messages: readonly Message[],
  tree: number,
  shape: readonly number[],
  extents: readonly number[],
  elementSize: number,
): Uint8Array {
  const filters = filtersOf(source, messages);
  const chunkSize = sizeOf(extents) * elementSize;
  const chunksNeeded = sizeOf(
    shape.map((extent, axis) => Math.ceil(extent / (extents[axis] ?? 1))),
  );
  if (chunksNeeded * chunkSize > unpackLimit(source.bytes.length))
    throw malformedAt(
      tree,
      `expected chunks that the file can hold, got ${chunksNeeded} of ${chunkSize} bytes`,
    );
  const whole = new Uint8Array(sizeOf(shape) * elementSize);
  const visit = createVisits();
  const open = [tree];
  let found = 0;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    visit(node);
    source.expect(node, 'TREE');
    const level = source.u8(node + 5);
    const keySize = 8 + 8 * (shape.length + 1);
    const first = node + 8 + 2 * source.addressSize;
    for (let i = 0; i < source.u16(node + 6); i += 1) {
      const key = first + i * (keySize + source.addressSize);
      const child = source.address(key + keySize);
      if (child === undefined) throw malformedAt(key, 'expected the place of a chunk, got none');
      if (level > 0) {
        open.push(child);
        continue;
      }
      visit(child);
      const stored = source.slice(child, source.u32(key));
      const start = shape.map((_, axis) => source.unsigned(key + 8 + 8 * axis, 8));
      if (start.some((position, axis) => position >= (shape[axis] ?? 0)))
        throw malformedAt(
          key,
          `expected a chunk within [${shape.join(', ')}], got [${start.join(', ')}]`,
        );
      found += 1;
      if (found > chunksNeeded) throw malformedAt(key, `expected ${chunksNeeded} chunks, got more`);
      place(
        whole,
        shape,
        unfiltered(child, stored, filters, source.u32(key + 4), chunkSize),
        extents,
        start,
        elementSize,
      );
    }
  }
  if (found !== chunksNeeded)
    throw malformedAt(tree, `expected ${chunksNeeded} chunks, got ${found}`);
  return whole;
}
