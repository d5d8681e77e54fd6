import { FloatpathError, type Network, type NetworkNode, type Tensor } from '@floatpath/core';
import type { ValueType } from '../ops/op.js';
import { nodeFailure } from '../runtime-failure.js';
import { inferTypes } from '../types.js';
import { plainTensor, plainValue } from './layout.js';
import type { TfjsCore, TfjsOp, TfjsTensor, TfjsValue } from './op.js';
import { tfjsOps } from './ops.js';
import { upload } from './transfer.js';
import { lastUses, peakBytes } from './memory.js';

/** Something that must hold for the outputs to be right. */
export interface TfjsCheck {
  readonly holds: TfjsTensor;
  readonly expected: string;
}

export interface TfjsAnswer {
  /** In the order of the network's outputs; the caller disposes them, and the checks. */
  readonly outputs: readonly TfjsTensor[];
  readonly checks: readonly TfjsCheck[];
}

/** A network with its constants on the backend. */
export interface TfjsProgram {
  run(feeds: Readonly<Record<string, Tensor>>, rows: number): TfjsAnswer;
  dispose(): void;
}

const opOfNode = (node: NetworkNode): TfjsOp => {
  const op = tfjsOps.get(node.op);
  if (op !== undefined) return op;
  throw new FloatpathError(
    'unsupported-op',
    `tfjs: unsupported op "${node.op}" at node "${node.name}"; use another engine`,
  );
};

/** @param network - folded: every node depends on an input */
export function createProgram(tf: TfjsCore, network: Network): TfjsProgram {
  const ops = network.nodes.map(opOfNode);
  const last = lastUses(network);
  const kept = new Map<string, TfjsTensor>();
  const keep = (name: string, make: () => TfjsTensor): TfjsTensor => {
    const known = kept.get(name);
    if (known !== undefined) return known;
    const made = tf.keep(tf.tidy(make));
    kept.set(name, made);
    return made;
  };
  let typed: { readonly rows: number; readonly types: ReadonlyMap<string, ValueType> } | undefined;
  const typesOf = (rows: number): ReadonlyMap<string, ValueType> => {
    if (typed?.rows !== rows) typed = { rows, types: inferTypes(network, rows) };
    return typed.types;
  };

  /** The outputs of node `index`, owned by the caller, who also owns the checks. */
  function runNode(
    index: number,
    values: ReadonlyMap<string, TfjsValue>,
    types: ReadonlyMap<string, ValueType>,
    checks: TfjsCheck[],
  ): readonly TfjsValue[] {
    const node = network.nodes[index] as NetworkNode;
    const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
    let outputs: readonly TfjsValue[] = [];
    try {
      tf.tidy(() => {
        const made: TfjsCheck[] = [];
        outputs = (ops[index] as TfjsOp)({
          tf,
          node,
          inputs,
          inputTypes: node.inputs.map((name) => (name === '' ? undefined : types.get(name))),
          outputTypes: node.outputs.map((name) => types.get(name) as ValueType),
          prepared: (name, make) => keep(`node ${node.name}: ${name}`, make),
          require: (holds, expected) =>
            made.push({ holds, expected: `${expected} at node "${node.name}" (${node.op})` }),
          // An op that only passes a tensor on gives it a second owner.
        }).map(({ tensor, layout }) => ({ tensor: tf.clone(tensor), layout }));
        checks.push(...made);
        return [...outputs.map(({ tensor }) => tensor), ...made.map(({ holds }) => holds)];
      });
    } catch (error) {
      throw nodeFailure('tfjs', node, error);
    }
    return outputs;
  }

  return {
    run(feeds, rows) {
      const types = typesOf(rows);
      requireMemory(tf, peakBytes(network, types, last), rows);
      const values = new Map<string, TfjsValue>();
      const checks: TfjsCheck[] = [];
      const owned = new Set<TfjsTensor>();
      const put = (name: string, value: TfjsValue): void => {
        values.set(name, value);
        owned.add(value.tensor);
      };
      const drop = (name: string): void => {
        const tensor = values.get(name)?.tensor;
        if (tensor !== undefined && owned.delete(tensor)) tensor.dispose();
      };
      try {
        for (const [name, tensor] of network.constants)
          values.set(name, plainValue(keep(name, () => upload(tf, name, tensor))));
        for (const [name, tensor] of Object.entries(feeds))
          put(name, plainValue(upload(tf, name, tensor)));
        network.nodes.forEach((node, index) => {
          runNode(index, values, types, checks).forEach((value, slot) => {
            const name = node.outputs[slot];
            if (name) put(name, value);
            else value.tensor.dispose();
          });
          for (const name of last[index] ?? []) drop(name);
        });
        const outputs = network.outputs.map(({ name }) =>
          tf.tidy(() => tf.clone(plainTensor(tf, values.get(name) as TfjsValue))),
        );
        return { outputs, checks };
      } catch (error) {
        for (const { holds } of checks) holds.dispose();
        throw error;
      } finally {
        for (const tensor of owned) tensor.dispose();
      }
    },
    dispose() {
      for (const tensor of kept.values()) tensor.dispose();
      kept.clear();
    },
  };
}

/**
 * The WebAssembly backend has 4 GiB and, once they are full, writes over its own tensors without a word; half of it is
 * left to the ops' own buffers.
 */
const WASM_BYTES = 2 ** 31;

function requireMemory(tf: TfjsCore, bytes: number, rows: number): void {
  if (tf.getBackend() !== 'wasm' || tf.memory().numBytes + bytes <= WASM_BYTES) return;
  throw new FloatpathError(
    'engine-failed',
    `run: expected a batch that fits the 4 GiB of the WebAssembly backend, got ${rows} rows that need ${(bytes / 2 ** 30).toFixed(1)} GiB; use a smaller batch size`,
  );
}
