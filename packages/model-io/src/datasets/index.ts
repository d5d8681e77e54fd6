// Labelled images
export { readCifar10 } from './cifar10.js';
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
// NumPy arrays
export { readNpy, writeNpy } from './npy.js';
export type { NpyArray, NpyData, NpyType } from './npy-types.js';
