// Text and numbers out of the bytes of a dataset or an attribute.
import { malformedAt, type Source } from './source.js';
import type { Datatype } from './datatype.js';

const utf8 = new TextDecoder();

/** Spaces that pad a text are no part of it, nor is what follows a zero byte. */
function textOf(bytes: Uint8Array, padding: number): string {
  const zero = bytes.indexOf(0);
  const text = utf8.decode(zero < 0 ? bytes : bytes.subarray(0, zero));
  return padding === 2 ? text.trimEnd() : text;
}

/** Text of any length lies in a heap for the whole file; an element says where. */
function longText(source: Source, bytes: Uint8Array, at: number): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8 + source.addressSize);
  const length = view.getUint32(0, true);
  const reference = bytes.byteOffset - source.bytes.byteOffset + at;
  if (length === 0) return '';
  const heap = source.address(reference + 4);
  const wanted = source.u32(reference + 4 + source.addressSize);
  if (heap === undefined) throw malformedAt(reference, 'expected the place of a text, got none');
  source.expect(heap, 'GCOL');
  const end = heap + source.length(heap + 8);
  const head = 8 + source.lengthSize;
  for (let place = heap + 8 + source.lengthSize; place + head <= end;) {
    const index = source.u16(place);
    if (index === 0) break;
    const size = source.length(place + 8);
    if (index === wanted) {
      if (length > size) throw malformedAt(place, `expected ${length} bytes of text, got ${size}`);
      return textOf(source.slice(place + head, length), 0);
    }
    place += head + Math.ceil(size / 8) * 8;
  }
  throw malformedAt(heap, `expected text number ${wanted} in a heap, got none`);
}

/** @param bytes - a view of the file itself, so that references into its heaps can be followed */
export function textsOf(
  source: Source,
  type: Exclude<Datatype, { kind: 'number' }>,
  bytes: Uint8Array,
): readonly string[] {
  const count = Math.floor(bytes.length / type.size);
  return Array.from({ length: count }, (_, i) =>
    type.kind === 'text'
      ? textOf(bytes.subarray(i * type.size, (i + 1) * type.size), type.padding)
      : longText(source, bytes, i * type.size),
  );
}

export function numbersOf(
  type: Extract<Datatype, { kind: 'number' }>,
  bytes: Uint8Array,
): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: Math.floor(bytes.length / type.size) }, (_, i) =>
    type.read(view, i * type.size),
  );
}
