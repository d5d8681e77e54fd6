/** A small file must not fill the memory: what is unpacked may be this much. */
const FREE = 64 * 2 ** 20;
const TIMES = 8;

/** Most bytes that the contents of a file of `size` bytes may take. */
export const unpackLimit = (size: number): number => FREE + TIMES * size;
