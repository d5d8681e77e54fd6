import { FloatpathError, sizeOf } from '@floatpath/core';
import { readDataspace } from './dataspace.js';
import { readDatatype } from './datatype.js';
import { numbersOf, textsOf } from './elements.js';
import { messageType, type Message } from './object-header.js';
import { malformedAt, type Source } from './source.js';

/** Texts or numbers, in row-major order. */
export type AttributeValue = readonly string[] | Float64Array;

const utf8 = new TextDecoder();

/** Where the parts of an attribute's message lie: version 1 pads each to eight bytes. */
function partsOf(
  source: Source,
  { at }: Message,
): { name: string; type: number; space: number; data: number } {
  const version = source.u8(at);
  if (version < 1 || version > 3)
    throw malformedAt(at, `expected an attribute of version 1 to 3, got ${version}`);
  if (version > 1 && (source.u8(at + 1) & 3) !== 0) {
    throw new FloatpathError(
      'unsupported-format',
      `readHdf5: expected attributes with their own types, got a shared one at byte ${at}`,
    );
  }
  const stored = (size: number): number => (version === 1 ? Math.ceil(size / 8) * 8 : size);
  const nameSize = source.u16(at + 2);
  const start = at + (version === 3 ? 9 : 8);
  const type = start + stored(nameSize);
  const space = type + stored(source.u16(at + 4));
  const data = space + stored(source.u16(at + 6));
  const name = utf8.decode(source.slice(start, nameSize)).replace(/\0.*$/s, '');
  return { name, type, space, data };
}

/**
 * The attributes of an object, read when they are asked for.
 *
 * @throws {FloatpathError} `unsupported-format` for attributes outside the header, which Keras never writes
 */
export function readAttribute(
  source: Source,
  messages: readonly Message[],
  name: string,
): AttributeValue | undefined {
  for (const message of messages) {
    if (message.type === messageType.attributeInfo) {
      const flags = source.u8(message.at + 1);
      if (source.address(message.at + 2 + ((flags & 1) !== 0 ? 2 : 0)) === undefined) continue;
      throw new FloatpathError(
        'unsupported-format',
        `readHdf5: expected attributes within their object's header, got some elsewhere at byte ${message.at}; save the file with h5py's default libver`,
      );
    }
    if (message.type !== messageType.attribute) continue;
    const parts = partsOf(source, message);
    if (parts.name !== name) continue;
    const type = readDatatype(source, parts.type);
    const shape = readDataspace(source, parts.space);
    const count = shape === undefined ? 0 : sizeOf(shape);
    if (parts.data + count * type.size > message.at + message.size)
      throw malformedAt(parts.data, `expected ${count} values of attribute "${name}", got fewer`);
    const bytes = source.slice(parts.data, count * type.size);
    return type.kind === 'number' ? numbersOf(type, bytes) : textsOf(source, type, bytes);
  }
  return undefined;
}
