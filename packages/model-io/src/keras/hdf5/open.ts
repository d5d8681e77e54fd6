import { plainBytes } from '../../plain-bytes.js';
import { readAttribute, type AttributeValue } from './attributes.js';
import { readDataset, type Dataset } from './dataset.js';
import { readLinks } from './links.js';
import { messageType, readObjectHeader } from './object-header.js';
import { readSuperblock } from './superblock.js';
import type { Source } from './source.js';

/** A group of an HDF5 file. Nothing is read before it is asked for. */
export interface Group {
  attribute(name: string): AttributeValue | undefined;
  readonly names: readonly string[];
  /** The group at `path`, names with `/` between them; `undefined` where there is none. */
  group(path: string): Group | undefined;
  dataset(path: string): Dataset | undefined;
}

function groupAt(source: Source, at: number): Group {
  const messages = readObjectHeader(source, at);
  const isDataset = messages.some(({ type }) => type === messageType.layout);
  const links = isDataset ? new Map<string, number>() : readLinks(source, messages);

  function placeOf(path: string): number | undefined {
    let place: number | undefined = at;
    let names: ReadonlyMap<string, number> = links;
    for (const name of path.split('/').filter((part) => part !== '')) {
      place = names.get(name);
      if (place === undefined) return undefined;
      const inside = readObjectHeader(source, place);
      names = inside.some(({ type }) => type === messageType.layout)
        ? new Map()
        : readLinks(source, inside);
    }
    return place;
  }

  return {
    names: [...links.keys()],
    attribute: (name) => readAttribute(source, messages, name),
    group(path) {
      const place = placeOf(path);
      return place === undefined ? undefined : groupAt(source, place);
    },
    dataset(path) {
      const place = placeOf(path);
      if (place === undefined) return undefined;
      const inside = readObjectHeader(source, place);
      const isData = inside.some(({ type }) => type === messageType.layout);
      return isData ? readDataset(source, inside, place) : undefined;
    },
  };
}

/**
 * Opens an HDF5 file as h5py and Keras write it by default: groups, attributes, and datasets of numbers, stored plain or in
 * chunks packed by gzip. What newer libraries write on request (indexed groups and attributes, other filters) is refused.
 *
 * @throws {FloatpathError} `malformed-file` naming the byte, `unsupported-format`
 * @see HDF5 File Format Specification, version 3.0
 */
export function openHdf5(bytes: Uint8Array): Group {
  const { source, root } = readSuperblock(plainBytes(bytes));
  return groupAt(source, root);
}
