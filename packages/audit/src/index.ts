// Counting labels under noise, here or in workers
export {
  inProcessCounting,
  noiseOf,
  type CountedDraws,
  type Counting,
  type CountRequest,
  type NoiseSpec,
  type OpenCounter,
} from './counting.js';
