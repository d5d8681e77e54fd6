import type { DroppedFile } from './protocol.js';

/** More than this is refused before it is read. */
const MOST_BYTES = 256 * 1024 * 1024;

const models = /\.(onnx|nnet|h5|hdf5|keras|json)$/i;

export type Dropped =
  | { readonly kind: 'model'; readonly files: readonly DroppedFile[] }
  | { readonly kind: 'report'; readonly text: string }
  | { readonly kind: 'picture'; readonly file: File };

/** What was dropped: a model (of several files for TF.js), a report, or a picture. */
export async function droppedFiles(list: readonly File[]): Promise<Dropped> {
  const bytes = list.reduce((sum, file) => sum + file.size, 0);
  if (bytes > MOST_BYTES) {
    throw new Error(
      `${list[0]?.name ?? 'the file'} has ${Math.round(bytes / 2 ** 20)} MB and this page takes at most ${MOST_BYTES / 2 ** 20} MB; use the command line: npx floatpath audit`,
    );
  }
  const [first] = list;
  if (first === undefined) throw new Error('no file was dropped');
  if (list.length === 1 && first.name.endsWith('.json')) {
    const text = await first.text();
    if (text.includes('floatpath/report@')) return { kind: 'report', text };
  }
  if (list.some(({ name }) => models.test(name))) {
    const files = await Promise.all(
      list.map(async (file) => ({
        name: file.name,
        bytes: new Uint8Array(await file.arrayBuffer()),
      })),
    );
    // A TF.js model is described by its model.json.
    files.sort((a, b) => Number(b.name.endsWith('.json')) - Number(a.name.endsWith('.json')));
    return { kind: 'model', files };
  }
  return { kind: 'picture', file: first };
}
