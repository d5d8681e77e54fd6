// Files
export { readInputFile } from './read-input-file.js';
export { checkOutputFolder, type OutputFolderOptions } from './output-folder.js';
export { writeFilesAtomically } from './write-files.js';
// Counts files
export { openCountsFile, partialName, type CountsOnDisk } from './counts-on-disk.js';
// Engines
export { loadEngine, type EnginePreference, type LoadedEngine } from './load-engine.js';
export { loadOrt, type LoadedOrt, type OrtPreference, type RuntimeImports } from './load-ort.js';
// Counting in worker threads
export { workerCounting, type WorkerCountingOptions } from './worker-counting.js';
