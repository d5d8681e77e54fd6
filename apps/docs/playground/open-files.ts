import { FloatpathError, type GraphModel } from '@floatpath/core';
import { readModel } from '@floatpath/model-io';
import type { DroppedFile } from './protocol.js';

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The model in the dropped files: the first of them, and what it stores in the others. */
export function modelOfFiles(files: readonly DroppedFile[]): GraphModel {
  const [file, ...others] = files;
  if (file === undefined) {
    throw new FloatpathError('invalid-data', 'open: expected a model file, got none');
  }
  return readModel(file.bytes, {
    name: file.name,
    externalData: (path) => others.find(({ name }) => name === baseName(path))?.bytes,
  });
}
