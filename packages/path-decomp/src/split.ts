import { FloatpathError, type Network, type ValueInfo } from '@floatpath/core';
import {
  createGraphBuilder,
  constantSlots,
  dataValues,
  foldConstants,
  requirePiecewiseLinear,
  selectionDtype,
  type Gate,
  type GraphBuilder,
} from '@floatpath/engine';
import { rowGatesOf } from '@floatpath/activation-patterns';
import {
  affineFixed,
  affineFloat,
  gateFixed,
  gateFloat,
  ownGateFixed,
  zeroLike,
  type Channels,
  type GateInputs,
  type GateSelections,
} from './channels.js';
import { leadingUnits } from './leading-units.js';
import { freeOutputNames } from './output-names.js';
import { selectionInput, type Partition } from './partition.js';

export interface SplitOptions {
  readonly partition: Partition;
  /**
   * Where fixed units take S and c from. `recorded`: from one more input `selection:<gate>` per gate, as noted for the
   * neighborhood, so that a wrong mask breaks the sum law; for `compared`, `segment` and `proved` evidence.
   * `own`: from their own pre-activation; where the mask only says which units are float.
   */
  readonly selection: 'own' | 'recorded';
  /** `fixed-only` leaves the float recurrence out: float = logits - fixed, for kernels that need speed. */
  readonly form: 'two-recurrences' | 'fixed-only';
}

/** A split network and where its hidden parts are: the two channels of every value of the plain network. */
export interface Split {
  readonly network: Network;
  /** The plain network inside: folded, its names as in `channels`. */
  readonly base: Network;
  readonly channels: ReadonlyMap<string, Channels>;
}

/**
 * Splits a piecewise-linear network's output into the sum over its fixed paths and the sum over its
 * float paths.
 *
 * With m = 1 at float units and h = S z + c the map that a gate selects:
 *
 *     input :  fixed = x                    float = 0
 *     affine:  fixed' = W fixed + b         float' = W float
 *     gate  :  fixed' = (1-m)(S fixed + c)  float' = S float + m (S fixed + c)
 *
 * The two recurrences are independent of each other and of the plain network, so fixed + float = logits can be
 * checked. Float units always select by their own pre-activation. Constants are sources of fixed paths.
 *
 * @param network - first output `[batch, K]` logits
 * @returns a network with the outputs `logits`, `fixed` and (two recurrences) `float`, each `[batch, K]`, and with the inputs of
 * `network`, of the partition, and (recorded) `selection:<gate>` of the gate's output shape per gate
 * @throws {FloatpathError} `not-piecewise-linear`, naming the node
 * @see Jiang 2023, On Explaining Neural Network Robustness with Activation Path
 */
export function splitPaths(network: Network, options: SplitOptions): Network {
  return splitWithChannels(network, options).network;
}

/** {@link splitPaths}, with the names of the hidden parts. */
export function splitWithChannels(network: Network, options: SplitOptions): Split {
  const base = freeOutputNames(foldConstants(network));
  requirePiecewiseLinear(base);
  const graph = createGraphBuilder(base, { withNodes: true });
  const data = dataValues(base);
  const gates = new Map(rowGatesOf(base).map((gate) => [gate.node.name, gate]));
  const twoRecurrences = options.form === 'two-recurrences';
  const short = options.selection === 'own' && !twoRecurrences;
  const leading = leadingUnits(base, short ? [...gates.values()] : [], options.partition);

  const channels = new Map<string, Channels>();
  for (const { name } of base.inputs) channels.set(name, { fixed: name, float: undefined });
  const channelsOf = (value: string): Channels | undefined => channels.get(value);
  for (const node of base.nodes) {
    if (!node.inputs.some((input) => data.has(input))) continue;
    const gate = gates.get(node.name);
    if (gate) {
      const before = gate.inputs.map((name) => name && channels.get(name)) as GateInputs;
      if (short) {
        const fixed =
          leading.gate(graph, gate, before) ?? ownGateFixed(graph, gate, options.partition, before);
        channels.set(gate.output, { fixed, float: undefined });
        continue;
      }
      const floatUnits = options.partition.floatUnits(graph, gate);
      const selections = selectionsOf(graph, gate, options.selection);
      channels.set(gate.output, {
        fixed: gateFixed(graph, gate, floatUnits, selections, before),
        float: twoRecurrences ? gateFloat(graph, gate, floatUnits, selections, before) : undefined,
      });
    } else {
      const narrow = leading.dense(graph, node, channelsOf);
      const fixed = narrow === undefined ? affineFixed(graph, node, channelsOf) : [narrow];
      const float = affineFloat(graph, node, channelsOf, constantSlots(node, data));
      node.outputs.forEach((name, slot) => {
        channels.set(name, { fixed: fixed[slot] as string, float: float?.[slot] });
      });
    }
  }

  const logits = base.outputs[0];
  const ends = logits && channels.get(logits.name);
  if (logits === undefined || ends === undefined) {
    throw new FloatpathError(
      'invalid-network',
      'splitPaths: expected a first output that depends on the input, got none',
    );
  }
  const outputs = [
    nameValue(graph, base, logits, logits.name, 'logits'),
    nameValue(graph, base, logits, ends.fixed, 'fixed'),
  ];
  if (twoRecurrences) {
    const float = ends.float ?? zeroLike(graph, logits.name);
    outputs.push(nameValue(graph, base, logits, float, 'float'));
  }
  return { network: graph.build(`${network.name} (split)`, outputs), base, channels };
}

function selectionsOf(
  graph: GraphBuilder,
  gate: Gate,
  selection: SplitOptions['selection'],
): GateSelections {
  const own = gate.op.select(graph, gate);
  if (selection === 'own') return { own, kept: own };
  const kept = graph.input({
    name: selectionInput(gate),
    dtype: selectionDtype(gate),
    shape: gate.outputShape,
  });
  return { own, kept };
}

/** Gives `value`, shaped like `like`, the output name `name`. */
function nameValue(
  graph: GraphBuilder,
  base: Network,
  like: ValueInfo,
  value: string,
  name: string,
): ValueInfo {
  let node = `output_${name}`;
  while (base.nodes.some((other) => other.name === node)) node += '_';
  graph.addNode({ name: node, op: 'Identity', inputs: [value], outputs: [name], attributes: {} });
  return { ...like, name };
}
