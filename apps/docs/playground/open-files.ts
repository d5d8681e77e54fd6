import type { GraphModel } from '@floatpath/core';
import { FloatpathError } from '@floatpath/core';
import { readModel } from '@floatpath/model-io';
import type { DroppedFile } from './protocol.js';

/** The model in the dropped files. */
export function modelOfFiles(files: readonly DroppedFile[]): GraphModel {
  const [file] = files;
  if (file === undefined) {
    throw new FloatpathError('invalid-data', 'open: expected a model file, got none');
  }
  return readModel(file.bytes, { name: file.name });
}
