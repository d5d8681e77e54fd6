// Files
export { readInputFile } from './read-input-file.js';
export { openByteSource } from './open-byte-source.js';
export { listFiles } from './list-files.js';
export { checkOutputFolder, type OutputFolderOptions } from './output-folder.js';
export { writeFilesAtomically } from './write-files.js';
export { claimFile } from './claim-file.js';
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
// Counting in processes that take jobs from a Redis queue
export { queueCounter, type QueueCounterOptions } from './queue-counter.js';
export { serveQueue, type QueueWorkerOptions } from './queue-worker.js';
export { fileHash, type QueueIdentity } from './queue-job.js';
export { type RedisOptions } from './load-queue.js';
