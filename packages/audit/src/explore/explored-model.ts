import {
  analyze,
  prepareBounds,
  type Analysis,
  type PreparedBounds,
} from '@floatpath/activation-patterns';
import {
  FloatpathError,
  type Bounds,
  type Classifier,
  type Engine,
  type GraphModel,
  type Network,
  type Preprocessing,
} from '@floatpath/core';
import { createClassifier, requirePiecewiseLinear } from '@floatpath/engine';
import {
  createDecomposer,
  preparePaths,
  type Decomposer,
  type PreparedPaths,
} from '@floatpath/path-decomp';
import { createFixedPaths, type FixedPaths } from '../exhibits/fixed-paths.js';
import { imageShapeOf, type ImageShape } from './image-shape.js';
import { analyzedNetwork, hashOfModel } from '../analyzed-network.js';

/** A network held ready to be asked about one input after another. */
export interface ExploredModel extends AsyncDisposable {
  readonly name: string;
  /** Of the file and its preprocessing. */
  readonly hash: string;
  readonly engine: Engine;
  /** With its preprocessing inside. */
  readonly network: Network;
  readonly classifier: Classifier;
  readonly bounds: Bounds;
  /** How inputs look as pictures; null where they are none. */
  readonly image: ImageShape | null;
  /** Its gates in order; empty where paths cannot be told. */
  readonly gates: readonly { readonly name: string; readonly units: number }[];
  /** Why paths cannot be told, naming the node; null where they can. */
  readonly refusal: string | null;
  /**
   * What explaining needs, loaded when first asked for.
   *
   * @throws {FloatpathError} `not-piecewise-linear` with the refusal
   */
  paths(): Promise<ExplorerPaths>;
}

export interface ExplorerPaths {
  readonly analysis: Analysis;
  readonly decomposer: Decomposer;
  readonly flows: FixedPaths;
  readonly exact: PreparedPaths;
  /** For bounds by backward substitution, made when first asked for; null for a network that is too large to wait for them. */
  bounds(): PreparedBounds | null;
}

/** Backward substitution takes about half a second for 5,000 units, and more than in proportion above. */
const MOST_UNITS = 20_000;

/**
 * Opens a model for exploring: see {@link attackPoint}, {@link explainPoint}, {@link neuronsAround}, {@link pointRadii}.
 */
export async function exploreModel(
  engine: Engine,
  model: GraphModel,
  preprocessing: Preprocessing,
): Promise<ExploredModel> {
  const network = analyzedNetwork(model, preprocessing);
  const { bounds } = preprocessing;
  const classifier = await createClassifier(engine, network, { bounds });
  const refusal = refusalOf(network);
  const analysis = refusal === null ? analyze(network) : undefined;
  let opened: Promise<ExplorerPaths> | undefined;
  return {
    name: model.name,
    hash: await hashOfModel(model, preprocessing),
    engine,
    network,
    classifier,
    bounds,
    image: imageShapeOf(classifier.inputShape),
    gates: analysis?.layout.gates.map(({ name, units }) => ({ name, units })) ?? [],
    refusal,
    paths() {
      if (analysis === undefined) {
        return Promise.reject(new FloatpathError('not-piecewise-linear', refusal ?? ''));
      }
      opened ??= openPaths(engine, analysis);
      return opened;
    },
    async [Symbol.asyncDispose]() {
      await classifier[Symbol.asyncDispose]();
      const paths = await opened?.catch(() => undefined);
      await paths?.decomposer[Symbol.asyncDispose]();
      await paths?.flows[Symbol.asyncDispose]();
    },
  };
}

async function openPaths(engine: Engine, analysis: Analysis): Promise<ExplorerPaths> {
  const options = { selection: 'recorded', precision: 'float32', batchSize: 2 } as const;
  const decomposer = await createDecomposer(engine, analysis, options);
  try {
    const flows = await createFixedPaths(engine, analysis);
    let bounds: PreparedBounds | null | undefined;
    return {
      ...{ analysis, decomposer, flows, exact: preparePaths(analysis) },
      bounds: () => (bounds === undefined ? (bounds = boundsOf(analysis)) : bounds),
    };
  } catch (error) {
    await decomposer[Symbol.asyncDispose]();
    throw error;
  }
}

function boundsOf(analysis: Analysis): PreparedBounds | null {
  if (analysis.layout.units > MOST_UNITS) return null;
  try {
    return prepareBounds(analysis);
  } catch (error) {
    if (error instanceof FloatpathError && error.code === 'unsupported-op') return null;
    throw error;
  }
}

function refusalOf(network: Network): string | null {
  try {
    requirePiecewiseLinear(network);
    return null;
  } catch (error) {
    if (error instanceof FloatpathError && error.code === 'not-piecewise-linear') {
      return error.message;
    }
    throw error;
  }
}
