import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, sep } from 'node:path';
import { FloatpathError } from '@floatpath/core';
import type { ExternalData } from '@floatpath/model-io';

/** The files that a MODEL names. */
export interface ModelFiles {
  readonly model: string;
  /** For a model that is an architecture only. */
  readonly weights?: string;
  /** The model's name in reports. */
  readonly name: string;
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** `model.json` says nothing: its folder has the name. */
function nameOf(stated: string): string {
  const model = stated.replace(/\.gz$/, '');
  const name = basename(model, extname(model));
  const folder = basename(dirname(model));
  return name === 'model' && extname(model) === '.json' && !['', '.', '..'].includes(folder)
    ? folder
    : name;
}

function modelOfFolder(folder: string): string {
  const model = join(folder, 'model.json');
  if (statSync(model, { throwIfNoEntry: false }) !== undefined) return model;
  throw new FloatpathError(
    'file-not-readable',
    `expected a model file, or the folder of a TensorFlow.js model with its model.json, got a folder without one: ${folder}`,
  );
}

/**
 * A file, a folder with a `model.json`, or `MODEL+WEIGHTS` where weights are in a file of their own.
 *
 * @throws {FloatpathError} `file-not-readable` for a folder without a `model.json`
 */
export function modelFiles(stated: string): ModelFiles {
  const plus = stated.lastIndexOf('+');
  const single = plus <= 0 || statSync(stated, { throwIfNoEntry: false }) !== undefined;
  const named = single ? stated : stated.slice(0, plus);
  const model = isFolder(named) ? modelOfFolder(named) : named;
  return { model, name: nameOf(model), ...(single ? {} : { weights: stated.slice(plus + 1) }) };
}

/**
 * Gives the files beside a model. Links are followed within its folder only.
 *
 * @throws {FloatpathError} `malformed-file` for a link that leads out of the folder, `file-not-readable`
 */
export function filesBeside(model: string): ExternalData {
  const folder = dirname(model);
  return (location) => {
    const path = join(folder, location);
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    if (!realpathSync(path).startsWith(realpathSync(folder) + sep)) {
      throw new FloatpathError(
        'malformed-file',
        `expected "${location}" within the model's folder, got a link that leads out of it; copy the file there`,
      );
    }
    try {
      return new Uint8Array(readFileSync(path));
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
      throw new FloatpathError(
        'file-not-readable',
        `expected a readable file "${location}" beside the model, got ${reason}`,
        { cause },
      );
    }
  };
}
