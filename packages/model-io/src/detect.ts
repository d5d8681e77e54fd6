import { FloatpathError, type ModelFormat } from '@floatpath/core';
import { isObject } from './keras/fields.js';
import { parseJson } from './json.js';
import { isSafetensors } from './safetensors/read-safetensors.js';
import { tfjsModelJson } from './tfjs/model-json.js';
import { firstEntry } from './archive.js';

const ascii = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));

/** Names of the first entry by which archives of models are known; writers put them in any order. */
const archives: Readonly<Record<string, ModelFormat>> = {
  'architecture.json': 'keras-json',
  'config.json': 'keras-archive',
  'metadata.json': 'keras-archive',
  'model.weights.h5': 'keras-archive',
};

function jsonFormat(text: string): ModelFormat | undefined {
  const parsed = parseJson('detectFormat', text);
  const tfjs = tfjsModelJson(parsed)?.kind;
  if (tfjs !== undefined) return tfjs;
  return isObject(parsed) && typeof parsed['class_name'] === 'string' ? 'keras-json' : undefined;
}

const utf8 = new TextDecoder();

/** A zip archive holds a `.keras` model, a TensorFlow.js model with its weights, or something else. */
function archiveFormat(bytes: Uint8Array): ModelFormat | undefined {
  const first = firstEntry(bytes);
  if (first?.name === 'model.json' && first.contents !== undefined)
    return jsonFormat(utf8.decode(first.contents));
  return first === undefined ? undefined : archives[first.name];
}

/** Four counts in the first line that is no comment. */
const isNnet = (bytes: Uint8Array): boolean =>
  /^\s*(\/\/[^\n]*\n\s*)*\d+\s*,\s*\d+\s*,\s*\d+\s*,\s*\d+\s*,?\s*[\r\n]/.test(
    ascii(bytes, 0, 8192),
  );

const known: readonly ((bytes: Uint8Array) => ModelFormat | undefined)[] = [
  (bytes) => (ascii(bytes, 1, 4) === 'HDF' && bytes[0] === 0x89 ? 'keras-h5' : undefined),
  (bytes) => (ascii(bytes, 0, 4) === 'PK\x03\x04' ? archiveFormat(bytes) : undefined),
  (bytes) => (isNnet(bytes) ? 'nnet' : undefined),
  (bytes) => (/^\s*\{/.test(ascii(bytes, 0, 64)) ? jsonFormat(utf8.decode(bytes)) : undefined),
];

/** First bytes of files that people hand over by mistake or that other tools read. */
const signatures: readonly (readonly [what: string, starts: (bytes: Uint8Array) => boolean])[] = [
  ['a zip archive (.npz or PyTorch .pt)', (bytes) => ascii(bytes, 0, 4) === 'PK\x03\x04'],
  ['a PNG image', (bytes) => ascii(bytes, 1, 4) === 'PNG' && bytes[0] === 0x89],
  ['a JPEG image', (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8],
  ['a gzip file', (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b],
  ['a NumPy array (.npy)', (bytes) => ascii(bytes, 1, 6) === 'NUMPY'],
  ['a TensorFlow Lite model', (bytes) => ascii(bytes, 4, 8) === 'TFL3'],
  ['a Python pickle (PyTorch .pth)', (bytes) => bytes[0] === 0x80 && (bytes[1] ?? 9) <= 5],
  ['weights alone (safetensors), which need a model to go into', isSafetensors],
  ['JSON that holds no model', (bytes) => /^\s*[{[]/.test(ascii(bytes, 0, 64))],
  ['an HTML or XML page', (bytes) => /^\s*<[!?a-z]/i.test(ascii(bytes, 0, 64))],
  ['a text file', (bytes) => /^[\s!-~]{64}$/.test(ascii(bytes, 0, 64))],
];

/**
 * The format of a model file, told from its bytes. An ONNX file has no signature of its own: what looks like nothing else is
 * taken for one, and `readOnnx` checks it.
 *
 * @throws {FloatpathError} `malformed-file` if there are no bytes, or JSON that is none; `unsupported-format` naming what the
 * file looks like
 */
export function detectFormat(bytes: Uint8Array): ModelFormat {
  if (bytes.length === 0) {
    throw new FloatpathError(
      'malformed-file',
      'detectFormat: expected a model file, got an empty one',
    );
  }
  for (const formatOf of known) {
    const format = formatOf(bytes);
    if (format !== undefined) return format;
  }
  const looks = signatures.find(([, starts]) => starts(bytes));
  if (looks === undefined) return 'onnx';
  throw new FloatpathError(
    'unsupported-format',
    `detectFormat: expected an ONNX, TensorFlow.js, Keras or .nnet model, got what looks like ${looks[0]}; export the model as ONNX`,
  );
}
