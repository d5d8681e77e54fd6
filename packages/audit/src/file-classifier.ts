import {
  FloatpathError,
  float32Tensor,
  rowsOf,
  sizeOf,
  type Classifier,
  type Fetches,
  type Float32Tensor,
  type Model,
  type OpaqueModel,
  type Preprocessing,
} from '@floatpath/core';
import { applyPreprocessing } from '@floatpath/engine';
import { writeOnnx } from '@floatpath/model-io';
import type { OnnxFile, OrtEngine } from '@floatpath/engine/ort';

/** What a model file wants as its first input: extents, and whether rows may come together. */
interface FileInput {
  readonly shape: readonly (number | undefined)[];
  readonly batched: boolean;
}

function fileInput(model: Model): FileInput {
  const input = model.kind === 'graph' ? model.network.inputs[0] : model.inputs[0];
  if (model.kind === 'opaque' && model.inputs[0]?.dtype !== 'float32') {
    throw new FloatpathError(
      'unsupported-op',
      `${model.name}: expected a model with a float32 input, got ${model.inputs[0]?.dtype ?? 'none'}; convert its input to float32`,
    );
  }
  const shape = input?.shape ?? [];
  return {
    shape: shape.map((extent) => (typeof extent === 'number' ? extent : undefined)),
    // An op that is not read may mix the rows of a batch, and those of a count are all made from one image.
    batched: model.kind === 'graph' && shape[0] === 'batch',
  };
}

/** Shape of one row of pixels, channels first: what the file says, with the images' own extents where it does not. */
function pixelShape(
  { shape }: FileInput,
  images: readonly number[],
  layout: Preprocessing['layout'],
): readonly number[] {
  const [channels, ...plane] = images;
  const order = layout === 'nhwc' && images.length === 3 ? [...plane, channels] : images;
  const own = (shape.length > 1 ? shape.slice(1) : shape).map(
    (extent, axis) => extent ?? order[axis] ?? 1,
  );
  if (layout === 'nchw' || own.length !== 3) return own;
  return [own[2], own[0], own[1]] as number[];
}

/** Runs files of other formats than ONNX in the program that they were made for, where it is installed. */
export interface FileRuntime extends OrtEngine {
  /** `undefined` for formats that no program at hand runs. */
  readonly loadOther?: (model: Model) => Promise<OnnxFile | undefined>;
}

interface LoadedFile {
  readonly file: OnnxFile;
  readonly unchecked?: string;
}

/**
 * The file in its own runtime; our reading of it, written as ONNX, where there is none.
 *
 * @throws {FloatpathError} `unsupported-op` with the runtime's reason: the file, not the run, is at fault; `engine-unavailable`
 * for a TensorFlow.js model whose ops are not read where TensorFlow.js is not installed
 */
export async function loadFile(runtime: FileRuntime, model: Model): Promise<LoadedFile> {
  try {
    if (model.format === 'onnx') return { file: await runtime.loadOnnx(model.bytes) };
    const own = await runtime.loadOther?.(model);
    if (own !== undefined) return { file: own };
    if (model.kind === 'opaque') throw notInstalled(model);
    return {
      file: await runtime.loadOnnx(writeOnnx(model.network)),
      unchecked: uncheckedReason(model),
    };
  } catch (error) {
    if (!(error instanceof FloatpathError) || error.code === 'engine-unavailable') throw error;
    const reason = error.message.replace(/\s*\n\s*/g, ' ');
    throw new FloatpathError(
      'unsupported-op',
      `${model.name}: expected a model that its own runtime loads, got ${reason}; export it again for that runtime`,
      { cause: error },
    );
  }
}

const TFJS_INSTALL =
  'npm install @tensorflow/tfjs-core @tensorflow/tfjs-layers @tensorflow/tfjs-converter @tensorflow/tfjs-backend-cpu';

const notInstalled = (model: OpaqueModel): FloatpathError =>
  new FloatpathError(
    'engine-unavailable',
    `${model.name}: expected TensorFlow.js to run a model that path analysis does not take (${model.refusal?.split(';')[0] ?? 'its ops are not read'}), got none installed; ${TFJS_INSTALL}`,
  );

const uncheckedReason = ({ format }: Model): string =>
  format.startsWith('tfjs')
    ? `TensorFlow.js is not installed here, so that only our reading of the file runs; ${TFJS_INSTALL}`
    : `nothing here runs ${format} files as they are, so that only our reading of the file runs`;

/** A model file as a classifier. */
export interface FileClassifier extends Classifier, AsyncDisposable {
  /** Why the file's own program did not run; absent where it did. */
  readonly unchecked?: string;
}

/**
 * A model file as a classifier, run on its own bytes in its own runtime (or, where there is none, our reading of it): the preprocessing is done here, in the float32 steps
 * of `prependNormalization`. It has no gradient. The first output holds the logits.
 *
 * @param imageShape - one image, channels first, for extents that the file does not say
 * @throws {FloatpathError} `unsupported-op` for an input other than float32; `engine-failed`; from `logits`, `artefact-mismatch`
 * for an output that is no row of float32 logits per input
 */
export async function createFileClassifier(
  runtime: FileRuntime,
  model: Model,
  imageShape: readonly number[],
  preprocessing: Preprocessing,
): Promise<FileClassifier> {
  const input = fileInput(model);
  const { file, unchecked } = await loadFile(runtime, model);
  const inputShape = pixelShape(input, imageShape, preprocessing.layout);

  async function runRows(x: Float32Tensor): Promise<Float32Tensor> {
    const [rows = 0] = x.shape;
    const pixels = applyPreprocessing(x, preprocessing);
    const shape = input.shape.length > 1 ? [rows, ...pixels.shape.slice(1)] : pixels.shape.slice(1);
    const fetches: Fetches = await file.run({
      [file.inputNames[0] ?? '']: float32Tensor(shape, pixels.data),
    });
    const output = fetches[file.outputNames[0] ?? ''];
    if (output?.dtype !== 'float32' || rows === 0 || output.data.length % rows !== 0) {
      throw new FloatpathError(
        'artefact-mismatch',
        `${model.name}: expected float32 logits, one row per input, got ${output?.dtype ?? 'nothing'} of shape [${output?.shape.join(', ') ?? ''}]`,
      );
    }
    return float32Tensor([rows, output.data.length / rows], output.data);
  }

  const probe = float32Tensor([1, ...inputShape]);
  probe.data.fill(preprocessing.bounds[0]);
  try {
    const classes = (await runRows(probe)).data.length;
    return {
      inputShape,
      classes,
      bounds: preprocessing.bounds,
      ...(unchecked === undefined ? {} : { unchecked }),
      async logits(x) {
        const [rows = 0] = x.shape;
        if (x.data.length !== rows * sizeOf(inputShape)) {
          throw new FloatpathError(
            'shape-mismatch',
            `${model.name}: expected rows of shape [${inputShape.join(', ')}], got [${x.shape.slice(1).join(', ')}]`,
          );
        }
        const shaped = float32Tensor([rows, ...inputShape], x.data);
        if (input.batched && rows > 0) return runRows(shaped);
        const logits = float32Tensor([rows, classes]);
        for (let row = 0; row < rows; row += 1) {
          logits.data.set((await runRows(rowsOf(shaped, row, row + 1))).data, row * classes);
        }
        return logits;
      },
      [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
    };
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}
