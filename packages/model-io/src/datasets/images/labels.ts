import { FloatpathError } from '@floatpath/core';
import { labelPairs } from './csv.js';
import type { ImageFile } from './image-file.js';

/** Files in the order of the data set, each with its class. */
export interface LabeledFiles {
  readonly files: readonly ImageFile[];
  readonly labels: Int32Array;
  /** Names of the classes, where labels are names. */
  readonly names?: readonly string[];
}

const invalid = (message: string): FloatpathError =>
  new FloatpathError('invalid-data', `readImageFolder: ${message}`);

const isNumber = (label: string): boolean => /^\d+$/.test(label);

/** By UTF-16 code unit: the same everywhere, unlike an order of some language. */
const sorted = (values: Iterable<string>): string[] =>
  [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

function withNames(files: readonly ImageFile[], words: readonly string[]): LabeledFiles {
  const names = sorted(new Set(words));
  const index = new Map(names.map((name, at) => [name, at]));
  return { files, labels: Int32Array.from(words, (word) => index.get(word) ?? 0), names };
}

/**
 * Labels by folder: the first part of each path is the class, classes are numbered in the order of their names. Files are
 * taken in the order of their paths.
 *
 * @throws {FloatpathError} `invalid-data` for files outside of folders, and for folders named by numbers that this would
 * number differently
 */
export function labelsByFolder(files: readonly ImageFile[]): LabeledFiles {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const ordered = sorted(byPath.keys()).map((path) => byPath.get(path) as ImageFile);
  const folders = ordered.map(({ path }) => {
    const [folder = '', ...rest] = path.split('/');
    if (rest.length > 0) return folder;
    throw invalid(
      `expected every image in a folder named after its class, got "${path}"; sort it into one or give a table of files and labels`,
    );
  });
  const labeled = withNames(ordered, folders);
  const { names = [] } = labeled;
  const misleading = names.find((name, at) => isNumber(name) && Number(name) !== at);
  if (misleading !== undefined && names.every(isNumber)) {
    throw invalid(
      `expected folders named by numbers to be 0, 1, ... in the order of their names, got "${misleading}" as number ${names.indexOf(misleading)}; give a table of files and labels`,
    );
  }
  return labeled;
}

/**
 * Labels by table: class numbers, or names that are numbered in their order. The table says which files are read, and in which
 * order.
 *
 * @throws {FloatpathError} `invalid-data` for rows without a file, files named twice, and a mixture of numbers and names
 */
export function labelsByTable(files: readonly ImageFile[], csv: string): LabeledFiles {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const pairs = labelPairs(csv);
  const seen = new Set<string>();
  const chosen = pairs.map(([path]) => {
    const file = byPath.get(path);
    if (file === undefined)
      throw invalid(`expected a file for each row of the table, got none called "${path}"`);
    if (seen.has(path)) throw invalid(`expected every file once in the table, got "${path}" twice`);
    seen.add(path);
    return file;
  });
  const words = pairs.map(([, label]) => label);
  const numbers = words.filter(isNumber);
  if (numbers.length === 0) return withNames(chosen, words);
  if (numbers.length === words.length && numbers.every((label) => Number(label) < 2 ** 31))
    return { files: chosen, labels: Int32Array.from(words, Number) };
  throw invalid(
    `expected labels that are all numbers from 0 on or all names, got "${words.find((word) => !isNumber(word)) ?? numbers[0]}"`,
  );
}
