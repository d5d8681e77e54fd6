/** The typed array that each NumPy element type is held in; half precision is widened to float32 when read. */
export interface NpyData {
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
}

export type NpyType = keyof NpyData;

/** A NumPy array in row-major order. Every Tensor is one. */
export type NpyArray = {
  readonly [T in NpyType]: {
    readonly dtype: T;
    readonly shape: readonly number[];
    readonly data: NpyData[T];
  };
}[NpyType];

/** One element type: its kind and size in a .npy header, and how an array of it is made from a buffer. */
export interface NpyElement {
  readonly dtype: NpyType;
  readonly code: string;
  readonly size: number;
  readonly make: (buffer: ArrayBuffer) => NpyArray['data'];
}

export const npyElements: readonly NpyElement[] = [
  { dtype: 'float32', code: 'f4', size: 4, make: (buffer) => new Float32Array(buffer) },
  { dtype: 'float64', code: 'f8', size: 8, make: (buffer) => new Float64Array(buffer) },
  { dtype: 'int8', code: 'i1', size: 1, make: (buffer) => new Int8Array(buffer) },
  { dtype: 'int16', code: 'i2', size: 2, make: (buffer) => new Int16Array(buffer) },
  { dtype: 'int32', code: 'i4', size: 4, make: (buffer) => new Int32Array(buffer) },
  { dtype: 'int64', code: 'i8', size: 8, make: (buffer) => new BigInt64Array(buffer) },
  { dtype: 'uint8', code: 'u1', size: 1, make: (buffer) => new Uint8Array(buffer) },
  { dtype: 'uint16', code: 'u2', size: 2, make: (buffer) => new Uint16Array(buffer) },
  { dtype: 'uint32', code: 'u4', size: 4, make: (buffer) => new Uint32Array(buffer) },
  { dtype: 'uint64', code: 'u8', size: 8, make: (buffer) => new BigUint64Array(buffer) },
  { dtype: 'bool', code: 'b1', size: 1, make: (buffer) => new Uint8Array(buffer) },
];
