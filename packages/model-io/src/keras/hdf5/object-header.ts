import { FloatpathError } from '@floatpath/core';
import { createVisits, malformedAt, type Source } from './source.js';

/** One message of an object's header: what it is, and where its data lie. */
export interface Message {
  readonly type: number;
  readonly at: number;
  readonly size: number;
}

export const messageType = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

interface Block {
  readonly at: number;
  readonly size: number;
}

/** How messages are written: version 1 in steps of eight bytes, version 2 packed. */
interface Style {
  readonly headSize: number;
  head(at: number): { type: number; size: number; flags: number };
}

const SHARED = 0x02;

function messagesOf(source: Source, first: Block, style: Style, packed: boolean): Message[] {
  const found: Message[] = [];
  const blocks = [first];
  const visit = createVisits();
  for (const block of blocks) {
    visit(block.at);
    source.slice(block.at, block.size);
    const end = block.at + block.size;
    for (let at = block.at; at + style.headSize <= end;) {
      const { type, size, flags } = style.head(at);
      const data = at + style.headSize;
      if (data + size > end)
        throw malformedAt(at, `expected a message of ${size} bytes within its header, got its end`);
      if (type === messageType.continuation) {
        const place = source.address(data);
        if (place === undefined) throw malformedAt(data, 'expected the place of more messages');
        const length = source.length(data + source.addressSize);
        if (packed) source.expect(place, 'OCHK');
        blocks.push(packed ? { at: place + 4, size: length - 8 } : { at: place, size: length });
      } else if ((flags & SHARED) !== 0) {
        throw new FloatpathError(
          'unsupported-format',
          `readHdf5: expected types stored with their data, got a shared message at byte ${at}; save the model with Keras`,
        );
      } else found.push({ type, at: data, size });
      at = data + size;
    }
  }
  return found;
}

/**
 * The messages of the object whose header is at `at`.
 *
 * @see HDF5 File Format Specification 3.0, IV.A
 */
export function readObjectHeader(source: Source, at: number): readonly Message[] {
  if (source.u8(at) === 1) {
    const style: Style = {
      headSize: 8,
      head: (place) => ({
        type: source.u16(place),
        size: source.u16(place + 2),
        flags: source.u8(place + 4),
      }),
    };
    return messagesOf(source, { at: at + 16, size: source.u32(at + 8) }, style, false);
  }
  source.expect(at, 'OHDR');
  const flags = source.u8(at + 5);
  const sizeAt = at + 6 + ((flags & 0x20) !== 0 ? 16 : 0) + ((flags & 0x10) !== 0 ? 4 : 0);
  const sizeBytes = 1 << (flags & 3);
  const style: Style = {
    headSize: (flags & 4) !== 0 ? 6 : 4,
    head: (place) => ({
      type: source.u8(place),
      size: source.u16(place + 1),
      flags: source.u8(place + 3),
    }),
  };
  const first = { at: sizeAt + sizeBytes, size: source.unsigned(sizeAt, sizeBytes) };
  return messagesOf(source, first, style, true);
}
