import { crc32 } from '../../src/datasets/crc32.js';
import { joined, mutateBytes } from './mutate-bytes.js';
import type { Random } from './random.js';

/** Leaves out, doubles, moves or damages one of `pieces`. */
function rearranged(
  pieces: Uint8Array[],
  random: Random,
  damage: (piece: Uint8Array) => Uint8Array,
): void {
  const here = random.below(pieces.length);
  const piece = pieces[here] as Uint8Array;
  random.pick([
    () => void pieces.splice(here, 1),
    () => void pieces.splice(random.below(pieces.length + 1), 0, piece),
    () => void (pieces[here] = damage(piece)),
    () => void (pieces[here] = damage(piece)),
  ])();
}

/** A PNG chunk with other contents and the length and checksum that belong to them. */
function damagedChunk(chunk: Uint8Array, random: Random): Uint8Array {
  const contents = mutateBytes(chunk.subarray(8, chunk.length - 4), random);
  const out = new Uint8Array(12 + contents.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, contents.length);
  out.set(chunk.subarray(4, 8), 4);
  out.set(contents, 8);
  view.setUint32(8 + contents.length, crc32(out.subarray(4, 8 + contents.length)));
  return out;
}

/** Damages a PNG file chunk by chunk. */
export function mutatePng(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.once(4)) return mutateBytes(bytes, random);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Uint8Array[] = [];
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at))
    chunks.push(bytes.subarray(at, at + 12 + view.getUint32(at)));
  rearranged(chunks, random, (chunk) => damagedChunk(chunk, random));
  return joined(bytes.subarray(0, 8), ...chunks);
}

/** Damages a JPEG file segment by segment, with the length that belongs to the new contents. */
export function mutateJpeg(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.once(4)) return mutateBytes(bytes, random);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments: Uint8Array[] = [];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const end = at + 2 + view.getUint16(at + 2);
    segments.push(bytes.subarray(at, end));
    at = end;
  }
  const scan = bytes.subarray(at);
  if (segments.length === 0 || random.once(3))
    return joined(bytes.subarray(0, at), mutateBytes(scan, random));
  rearranged(segments, random, (segment) => {
    const contents = mutateBytes(segment.subarray(4), random).subarray(0, 0xfffd);
    const out = joined(segment.subarray(0, 4), contents);
    new DataView(out.buffer).setUint16(2, contents.length + 2);
    return out;
  });
  return joined(bytes.subarray(0, 2), ...segments, scan);
}
