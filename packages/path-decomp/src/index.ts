// Splitting a network into fixed and float paths
export { splitPaths, type SplitOptions } from './split.js';
export {
  floatInput,
  givenPartition,
  perImagePartition,
  selectionInput,
  type Partition,
} from './partition.js';
