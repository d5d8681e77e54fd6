import type { Bounds, Classifier, Feeds, Float32Tensor, Network } from '@floatpath/core';
import { isBatched } from '@floatpath/engine';
import {
  createVariantFeeds,
  sharedCounterNetwork,
  type AnchorObserver,
  type ObserveOptions,
} from '@floatpath/sc-rfp';
import { countDraws, labelCounter, type Noise } from '@floatpath/smoothing';
import type { AuditedNetwork, AuditHost } from './audit.js';
import type { CountRequest, NoiseSpec, OpenCounter } from './counting.js';

/** Counts of one network: of the plain classifier first, then of its repressed variants. */
export interface NetworkCounts {
  readonly counts: readonly Uint32Array[];
  readonly rejected: number;
}

/** Everything that is counted in an audit, opened once. */
export interface CountGroups extends AsyncDisposable {
  /** Per network, values of the inputs that conditional anchors add, for one image. */
  feedsAt(
    x: readonly Float32Tensor[],
    image: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly Feeds[]>;
  /** Counts every network and its variants on the same draws. */
  countAll(request: CountRequest, feeds: readonly Feeds[]): Promise<readonly NetworkCounts[]>;
  /** Counts one network alone. */
  countPlain(network: number, request: CountRequest): Promise<NetworkCounts>;
}

interface Group {
  readonly counter: OpenCounter;
  /** Positions among the audited networks. */
  readonly members: readonly number[];
}

/** A classifier counted in this thread: a file on its own bytes, or a graph whose rows run one at a time. */
function classifierCounter(classifier: Classifier, noise: Noise): OpenCounter {
  const counter = labelCounter([{ name: 'plain', classifier }]);
  return {
    async count({ feeds: _, ...request }) {
      const { counts, n, rejected } = await countDraws(counter, request.x, { ...request, noise });
      return { counts: [counts], n, rejected };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Opens the graphs together, so that they share the making of noise, and what is no batched graph on its own. */
export async function openCountGroups(
  audited: readonly AuditedNetwork[],
  options: { readonly bounds: Bounds; readonly noise: NoiseSpec },
  observe: ObserveOptions,
  { counting, engine }: Pick<AuditHost, 'counting' | 'engine'>,
): Promise<CountGroups> {
  const resources: AsyncDisposable[] = [];
  const own = <T extends AsyncDisposable>(resource: T): T => {
    resources.push(resource);
    return resource;
  };
  const graphs = audited.flatMap(({ prepared: { network }, methods }, member) =>
    network !== null && isBatched(network) ? [{ member, network, methods }] : [],
  );
  const groups: Group[] = [];
  const plain = new Map<number, OpenCounter>();
  const observers = new Map<number, AnchorObserver>();
  const openGraph = async (network: Network): Promise<OpenCounter> =>
    own(await counting.open([network], options));
  if (graphs.length > 0) {
    const networks = graphs.map(({ network, methods }) =>
      sharedCounterNetwork(network, methods.variants),
    );
    const counter = own(await counting.open(networks, options));
    groups.push({ counter, members: graphs.map(({ member }) => member) });
  }
  for (const { member, network, methods } of graphs) {
    plain.set(member, await openGraph(network));
    const observer = await createVariantFeeds(engine, network, methods.variants, observe);
    observers.set(member, own(observer));
  }
  for (const [member, { prepared }] of audited.entries()) {
    if (plain.has(member)) continue;
    const counter = classifierCounter(prepared.classifier, observe.noise);
    groups.push({ counter, members: [member] });
    plain.set(member, counter);
  }

  return {
    async feedsAt(x, image, signal) {
      const feeds: Feeds[] = [];
      for (const member of audited.keys()) {
        const observer = observers.get(member);
        const run = signal ? { signal } : {};
        feeds.push((await observer?.feedsAt(x[member] as Float32Tensor, image, run)) ?? {});
      }
      return feeds;
    },
    async countAll(request, feeds) {
      const all: NetworkCounts[] = [];
      for (const { counter, members } of groups) {
        const own = members.map((member) => feeds[member] ?? {});
        const { counts, rejected } = await counter.count({ ...request, feeds: own });
        members.forEach((member, i) => {
          all[member] = { counts: counts[i] ?? [], rejected };
        });
      }
      return all;
    },
    async countPlain(network, request) {
      const { counts, rejected } = await (plain.get(network) as OpenCounter).count(request);
      return { counts: counts[0] ?? [], rejected };
    },
    async [Symbol.asyncDispose]() {
      for (const resource of resources) await resource[Symbol.asyncDispose]();
    },
  };
}
