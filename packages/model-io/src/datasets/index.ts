// Labelled images
export { readCifar10, readCifar100, type Cifar100Labels } from './cifar.js';
export type { Dataset } from './dataset.js';
export { readIdx } from './idx.js';
export {
  imageExtensions,
  readImageFolder,
  readImages,
  type ImageFolderOptions,
} from './images/image-folder.js';
export type { ImageFile } from './images/image-file.js';
export { datasetFromNpz, imagesFromNpz, readNpz, writeNpz } from './npz.js';
// Data sets larger than memory
export { sourceOf, type ByteSource } from './byte-source.js';
export { openNpz } from './npz-rows.js';
export { openCifar10, openCifar100, openIdx, type DatasetRows } from './rows.js';
// NumPy arrays
export { readNpy, writeNpy } from './npy.js';
export type { NpyArray, NpyData, NpyType } from './npy-types.js';
