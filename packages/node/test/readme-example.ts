import {
  checkOutputFolder,
  loadEngine,
  readInputFile,
  writeFilesAtomically,
} from '@floatpath/node';

/** Writes the output names of a model file into a folder, or says in one sentence why not. */
export async function describe(model: string, folder: string): Promise<readonly string[]> {
  await checkOutputFolder(folder); // before the work, so that no work is lost
  const { engine, notice } = await loadEngine('ort'); // native, else WebAssembly
  if (notice !== undefined) console.warn(notice);
  await using file = await engine.loadOnnx(await readInputFile(model));
  await writeFilesAtomically(folder, { 'outputs.txt': file.outputNames.join('\n') });
  return file.outputNames;
}
