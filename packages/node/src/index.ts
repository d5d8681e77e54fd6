// Files
export { readInputFile } from './read-input-file.js';
export { listFiles } from './list-files.js';
export { checkOutputFolder, type OutputFolderOptions } from './output-folder.js';
export { writeFilesAtomically } from './write-files.js';
// Counts files
export { openCountsFile, partialName, type CountsOnDisk } from './counts-on-disk.js';
// Engines
export { loadEngine, type EnginePreference, type LoadedEngine } from './load-engine.js';
export { loadTfjs, type LoadedTfjs, type PackageSource, type TfjsPreference } from './load-tfjs.js';
export { loadOrt, type LoadedOrt, type OrtPreference, type RuntimeImports } from './load-ort.js';
// A classifier behind an HTTP endpoint
export {
  connectHttpClassifier,
  httpClassifier,
  type HttpClassifierOptions,
} from './http-classifier.js';
// Counting in worker threads
export { workerCounting, type WorkerCountingOptions } from './worker-counting.js';
