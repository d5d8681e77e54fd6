import { FloatpathError, type ModelFormat } from '@floatpath/core';
import { isObject } from './keras/fields.js';
import { parseJson } from './json.js';
import { isSafetensors } from './safetensors/read-safetensors.js';
import { tfjsModelJson } from './tfjs/model-json.js';
import { firstEntry } from './archive.js';
import { gunzipIfNeeded } from './datasets/gunzip.js';
import { unpackLimit } from './unpack-limit.js';

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

const EXPORT = 'export the model as ONNX';
const AGAIN = 'the download went wrong: fetch the file itself again';
const TORCH = 'export it from PyTorch with torch.onnx.export';

/** First bytes of files that people hand over by mistake or that other tools read, and what to do then. */
const signatures: readonly (readonly [
  what: string,
  cure: string,
  starts: (bytes: Uint8Array) => boolean,
])[] = [
  [
    'a pointer of Git LFS, not the file that it stands for',
    'run git lfs pull',
    (bytes) => ascii(bytes, 0, 40) === 'version https://git-lfs.github.com/spec/',
  ],
  [
    'a zip archive (.npz or PyTorch .pt)',
    `unpack the model, or ${TORCH}`,
    (bytes) => ascii(bytes, 0, 4) === 'PK\x03\x04',
  ],
  ['a PNG image', EXPORT, (bytes) => ascii(bytes, 1, 4) === 'PNG' && bytes[0] === 0x89],
  ['a JPEG image', EXPORT, (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8],
  ['a PDF document', EXPORT, (bytes) => ascii(bytes, 0, 5) === '%PDF-'],
  ['a NumPy array (.npy)', EXPORT, (bytes) => ascii(bytes, 1, 6) === 'NUMPY'],
  [
    'images or labels of MNIST (IDX)',
    'give it as --data',
    (bytes) =>
      bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 8 && [1, 3, 4].includes(bytes[3] ?? 0),
  ],
  [
    'a TensorFlow Lite model',
    'convert it with tf2onnx --tflite',
    (bytes) => ascii(bytes, 4, 8) === 'TFL3',
  ],
  [
    'a Python pickle (PyTorch .pth)',
    TORCH,
    (bytes) => bytes[0] === 0x80 && bytes[1] !== undefined && bytes[1] <= 5,
  ],
  ['weights alone (safetensors), which need a model to go into', EXPORT, isSafetensors],
  ['JSON that holds no model', EXPORT, (bytes) => /^\s*[{[]/.test(ascii(bytes, 0, 64))],
  ['an HTML or XML page', AGAIN, (bytes) => /^\s*<[!?a-z]/i.test(ascii(bytes, 0, 64))],
  ['a text file', EXPORT, (bytes) => /^[\s!-~]{64}$/.test(ascii(bytes, 0, 64))],
];

/** A model packed with gzip, as `net.onnx.gz`, is the model inside. */
export const unpackedModel = (bytes: Uint8Array): Uint8Array =>
  gunzipIfNeeded('readModel', bytes, () => unpackLimit(bytes.length));

/**
 * The format of a model file, gzipped or not, told from its bytes. An ONNX file has no signature of its own: what looks like nothing else is
 * taken for one, and `readOnnx` checks it.
 *
 * @throws {FloatpathError} `malformed-file` if there are no bytes, or JSON that is none; `unsupported-format` naming what the
 * file looks like
 */
export function detectFormat(file: Uint8Array): ModelFormat {
  const bytes = unpackedModel(file);
  if (bytes.length === 0) {
    throw new FloatpathError(
      'malformed-file',
      'detectFormat: expected a model file, got an empty one; copy or export it again',
    );
  }
  for (const formatOf of known) {
    const format = formatOf(bytes);
    if (format !== undefined) return format;
  }
  const looks = signatures.find(([, , starts]) => starts(bytes));
  if (looks === undefined) return 'onnx';
  throw new FloatpathError(
    'unsupported-format',
    `detectFormat: expected an ONNX, TensorFlow.js, Keras or .nnet model, got what looks like ${looks[0]}; ${looks[1]}`,
  );
}
