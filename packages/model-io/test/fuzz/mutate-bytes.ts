import type { Random } from './random.js';

/** Values at which sizes, offsets and counts go wrong. */
export const extremes: readonly number[] = [
  0, 1, 2, 3, 4, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
  0x80000000, 0xfffffffe, 0xffffffff,
];

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const flipped = (bytes: Uint8Array, random: Random): Uint8Array => {
  const out = bytes.slice();
  for (let flips = 1 + random.below(8); flips > 0 && out.length > 0; flips -= 1)
    out[random.below(out.length)] = random.below(256);
  return out;
};

/** A number of 1, 2, 4 or 8 bytes in either order, put anywhere; near the front more often, where headers are. */
export function overwritten(bytes: Uint8Array, random: Random): Uint8Array {
  const size = random.pick([1, 2, 4, 4, 8]);
  if (bytes.length < size) return bytes;
  const out = bytes.slice();
  const reach = random.once(2) ? Math.min(bytes.length, 128) : bytes.length;
  const at = random.below(Math.max(1, reach - size + 1));
  const value = BigInt(random.pick(extremes));
  const view = new DataView(out.buffer);
  const little = random.once(2);
  if (size === 1) view.setUint8(at, Number(value & 0xffn));
  else if (size === 2) view.setUint16(at, Number(value & 0xffffn), little);
  else if (size === 4) view.setUint32(at, Number(value), little);
  else view.setBigUint64(at, random.once(2) ? value : value << 32n, little);
  return out;
}

const cut = (bytes: Uint8Array, random: Random): Uint8Array =>
  bytes.slice(0, random.below(bytes.length + 1));

function rearranged(bytes: Uint8Array, random: Random): Uint8Array {
  const from = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, from + 1 + random.below(64));
  const piece = bytes.subarray(from, to);
  const at = random.below(bytes.length + 1);
  return random.pick([
    () => joined(bytes.subarray(0, from), bytes.subarray(to)),
    () => joined(bytes.subarray(0, at), piece, bytes.subarray(at)),
    () => joined(bytes.subarray(0, to), piece, piece, bytes.subarray(to)),
  ])();
}

/** Damage that knows nothing of the format. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  return random.pick([flipped, overwritten, overwritten, cut, rearranged])(bytes, random);
}
