import type { Network } from '@floatpath/core';
import { plainBytes } from '../plain-bytes.js';
import { withBriefErrors } from '../brief-errors.js';
import { decodedModel, parseModel } from './decode.js';
import { draftOf } from './draft.js';
import { takeExternalData, type ExternalData } from './external-data.js';
import { networkOfDraft } from './network-of-draft.js';

export interface ReadOnnxOptions {
  /** Name of the network; the file's graph name otherwise. */
  readonly name?: string;
  /** Gives weights that the model stores in files beside itself. */
  readonly externalData?: ExternalData;
}

/**
 * Reads an ONNX file of any operator set into the canonical form: ops as in opset 18 with every default written out, nodes
 * in topological order named `conv_1`, `relu_1`, ..., Identity, Constant and Dropout removed, float16 weights widened.
 *
 * The batch axis is freed (`'batch'`) where every op lets rows pass independently; a file that fixes it (`[1, 784]`) gives
 * the same network as one that does not. Where an op mixes rows the file's own extents stay.
 *
 * @throws {FloatpathError} `malformed-file` (not ONNX, truncated, inconsistent), `unsupported-op` (naming op and node),
 * `unsupported-format` (weights in other files without `externalData`, unknown shapes), `invalid-network` (shapes that do not fit, naming the node),
 * `invalid-data` (NaN or infinite weights, naming the tensor)
 */
export function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): Network {
  return withBriefErrors(() => {
    const model = parseModel(plainBytes(bytes));
    if (options.externalData !== undefined) takeExternalData(model, options.externalData);
    const draft = draftOf(decodedModel(model, bytes.length));
    return networkOfDraft(draft, options.name ?? (draft.name === '' ? 'network' : draft.name));
  });
}
