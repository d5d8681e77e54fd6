import { malformedIn } from '../as-reader.js';
import { parseJson } from '../json.js';
import { isObject, type Json } from '../keras/fields.js';
import { shardPaths } from './weights.js';

/** A `model.json`, its topology parsed where it is text within the text. */
export interface TfjsModelJson {
  readonly kind: 'tfjs-layers' | 'tfjs-graph';
  readonly topology: Json;
  readonly all: Json;
}

/** What kind of model a `model.json` holds; `undefined` where it holds none. */
export function tfjsModelJson(parsed: unknown): TfjsModelJson | undefined {
  if (!isObject(parsed)) return undefined;
  const stated = parsed['modelTopology'];
  const topology = typeof stated === 'string' ? parseJson('readTfjs', stated) : stated;
  if (!isObject(topology)) return undefined;
  const kind = Array.isArray(topology['node']) ? 'tfjs-graph' : 'tfjs-layers';
  return { kind, topology, all: parsed };
}

/** @throws {FloatpathError} `malformed-file` for anything but a `model.json` */
export function readModelJson(bytes: Uint8Array): TfjsModelJson {
  const model = tfjsModelJson(parseJson('readTfjs', new TextDecoder().decode(bytes)));
  if (model !== undefined) return model;
  throw malformedIn('readTfjs')('expected a model.json with its modelTopology, got other JSON');
}

/**
 * The files beside a `model.json` that hold its weights, as paths within its folder.
 *
 * @throws {FloatpathError} `malformed-file` for paths that lead out of it
 */
export const tfjsShards = (bytes: Uint8Array): readonly string[] =>
  shardPaths(readModelJson(bytes).all['weightsManifest']);
