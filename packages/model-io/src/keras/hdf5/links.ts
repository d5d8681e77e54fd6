import { FloatpathError } from '@floatpath/core';
import { messageType, type Message } from './object-header.js';
import { createVisits, malformedAt, type Source } from './source.js';

const utf8 = new TextDecoder();

/** Names of a group written in the earliest format: a tree of tables, their names in a heap of their own. */
function fromSymbolTable(source: Source, { at }: Message, links: Map<string, number>): void {
  const tree = source.address(at);
  const heap = source.address(at + source.addressSize);
  if (tree === undefined || heap === undefined)
    throw malformedAt(at, 'expected the places of a group, got none');
  source.expect(heap, 'HEAP');
  const names = source.address(heap + 8 + 2 * source.lengthSize);
  const namesSize = source.length(heap + 8);
  if (names === undefined) throw malformedAt(heap, 'expected the place of names, got none');
  const letters = source.slice(names, namesSize);
  const nameAt = (offset: number): string => {
    const end = letters.indexOf(0, offset);
    return utf8.decode(letters.subarray(offset, end < 0 ? letters.length : end));
  };

  const visit = createVisits();
  const open = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    visit(node);
    source.expect(node, 'TREE');
    const level = source.u8(node + 5);
    const entries = source.u16(node + 6);
    const start = node + 8 + 2 * source.addressSize + source.lengthSize;
    for (let i = 0; i < entries; i += 1) {
      const place = source.address(start + i * (source.addressSize + source.lengthSize));
      if (place === undefined) continue;
      if (level > 0) open.push(place);
      else {
        visit(place);
        source.expect(place, 'SNOD');
        const entrySize = 2 * source.addressSize + 24;
        for (let entry = 0; entry < source.u16(place + 6); entry += 1) {
          const symbol = place + 8 + entry * entrySize;
          const header = source.address(symbol + source.addressSize);
          const isLink = source.u32(symbol + 2 * source.addressSize) === 2;
          if (header === undefined || isLink) continue;
          links.set(nameAt(source.unsigned(symbol, source.addressSize)), header);
        }
      }
    }
  }
}

/** One link of a group of the later format. Links to names and to other files are not followed. */
function fromLinkMessage(source: Source, { at }: Message, links: Map<string, number>): void {
  const flags = source.u8(at + 1);
  let place = at + 2;
  const isHard = (flags & 8) === 0 || source.u8(place) === 0;
  if ((flags & 8) !== 0) place += 1;
  if ((flags & 4) !== 0) place += 8;
  if ((flags & 16) !== 0) place += 1;
  const sizeBytes = 1 << (flags & 3);
  const size = source.unsigned(place, sizeBytes);
  const name = utf8.decode(source.slice(place + sizeBytes, size));
  const header = isHard ? source.address(place + sizeBytes + size) : undefined;
  if (header !== undefined) links.set(name, header);
}

/**
 * The names in a group and where their objects are.
 *
 * @throws {FloatpathError} `unsupported-format` for groups whose links are in an index of their own (libver "latest")
 * @see HDF5 File Format Specification 3.0, III.A to III.D, IV.A.2.g
 */
export function readLinks(
  source: Source,
  messages: readonly Message[],
): ReadonlyMap<string, number> {
  const links = new Map<string, number>();
  for (const message of messages) {
    if (message.type === messageType.symbolTable) fromSymbolTable(source, message, links);
    else if (message.type === messageType.link) fromLinkMessage(source, message, links);
    else if (message.type === messageType.linkInfo) {
      const flags = source.u8(message.at + 1);
      if (source.address(message.at + 2 + ((flags & 1) !== 0 ? 8 : 0)) === undefined) continue;
      throw new FloatpathError(
        'unsupported-format',
        `readHdf5: expected groups in the format of h5py's default, got an indexed one at byte ${message.at}; save the file without libver="latest" and track_order`,
      );
    }
  }
  return links;
}
