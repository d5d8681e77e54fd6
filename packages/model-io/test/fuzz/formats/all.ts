import type { FuzzTarget } from '../harness.js';
import { cifar, idx, jpeg, npy, npz, png } from './data-files.js';
import { externalData } from './external-data.js';
import { kerasArchive, kerasH5, kerasJson, nnet, safetensors, tfjs } from './model-files.js';
import { onnx } from './onnx.js';
import { vnnlib } from './vnnlib.js';

/** Every format that is read from bytes alone. A further one is a line here. */
export const formats: readonly FuzzTarget[] = [
  onnx,
  externalData,
  vnnlib,
  npy,
  npz,
  idx,
  cifar,
  png,
  jpeg,
  tfjs,
  kerasH5,
  kerasArchive,
  kerasJson,
  nnet,
  safetensors,
];
