const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
  return rest;
});

/** CRC-32 (ISO-HDLC, as in zip and PNG) of an ASCII text, as eight hexadecimal digits. */
export function crc32(text: string): string {
  let rest = 0xffffffff;
  for (let i = 0; i < text.length; i += 1) {
    rest = (rest >>> 8) ^ (TABLE[(rest ^ text.charCodeAt(i)) & 0xff] as number);
  }
  return ((rest ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}
