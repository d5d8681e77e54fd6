import type { Network } from './network.js';
import type { Tensor } from './tensor.js';

export type Feeds = Readonly<Record<string, Tensor>>;
export type Fetches = Readonly<Record<string, Tensor>>;

/** An Engine runs a Network and does nothing else. */
export interface Engine {
  /** Name and version, e.g. `onnxruntime-node 1.30.0`: part of what a result is reproducible within. */
  readonly name: string;
  /**
   * Whether what a row gets may depend on the rows beside it in a batch, as on a GPU. Such an engine makes no counts on
   * grid noise: `grid` says that a label is a function of the grid point.
   */
  readonly batchDependent?: boolean;
  /** @throws {FloatpathError} `engine-failed` naming the node where the runtime says which */
  load(network: Network): Promise<Kernel>;
}

/** A loaded network. One `run` at a time; later calls wait for earlier ones. */
export interface Kernel extends AsyncDisposable {
  readonly network: Network;
  /**
   * @param feeds - one tensor per network input; free batch axes must agree
   * @returns one tensor per network output
   * @throws {FloatpathError} `shape-mismatch`, `kernel-disposed`, `engine-failed`
   */
  run(feeds: Feeds): Promise<Fetches>;
}
