import { FloatpathError, type ModelFormat } from '@floatpath/core';

const ascii = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));

/** First bytes of files that people hand over by mistake or that other tools read. */
const signatures: readonly (readonly [what: string, starts: (bytes: Uint8Array) => boolean])[] = [
  ['an HDF5 file (Keras .h5)', (bytes) => ascii(bytes, 1, 4) === 'HDF' && bytes[0] === 0x89],
  ['a zip archive (.keras, .npz or PyTorch .pt)', (bytes) => ascii(bytes, 0, 4) === 'PK\x03\x04'],
  ['a PNG image', (bytes) => ascii(bytes, 1, 4) === 'PNG' && bytes[0] === 0x89],
  ['a JPEG image', (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8],
  ['a gzip file', (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b],
  ['a NumPy array (.npy)', (bytes) => ascii(bytes, 1, 6) === 'NUMPY'],
  ['a TensorFlow Lite model', (bytes) => ascii(bytes, 4, 8) === 'TFL3'],
  ['a Python pickle (PyTorch .pth)', (bytes) => bytes[0] === 0x80 && (bytes[1] ?? 9) <= 5],
  ['a .nnet text file', (bytes) => ascii(bytes, 0, 2) === '//'],
  ['a JSON file (TensorFlow.js model.json)', (bytes) => /^\s*[{[]/.test(ascii(bytes, 0, 64))],
  ['an HTML or XML page', (bytes) => /^\s*<[!?a-z]/i.test(ascii(bytes, 0, 64))],
  ['a text file', (bytes) => /^[\s!-~]{64}$/.test(ascii(bytes, 0, 64))],
];

/**
 * The format of a model file, told from its first bytes. An ONNX file has no signature of its own: what looks like
 * nothing else is taken for one, and `readOnnx` checks it.
 *
 * @throws {FloatpathError} `malformed-file` if there are no bytes; `unsupported-format` naming what the file looks like
 */
export function detectFormat(bytes: Uint8Array): ModelFormat {
  if (bytes.length === 0) {
    throw new FloatpathError(
      'malformed-file',
      'detectFormat: expected a model file, got an empty one',
    );
  }
  const known = signatures.find(([, starts]) => starts(bytes));
  if (known === undefined) return 'onnx';
  throw new FloatpathError(
    'unsupported-format',
    `detectFormat: expected an ONNX model, got what looks like ${known[0]}; export the model as ONNX`,
  );
}
