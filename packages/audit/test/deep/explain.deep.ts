import { readFileSync } from 'node:fs';
import {
  defaultPreprocessing,
  float64Tensor,
  type Float64Tensor,
  type Tensor,
} from '@floatpath/core';
import { segmentBetween, type Analysis } from '@floatpath/activation-patterns';
import { evaluateNode } from '@floatpath/engine';
import { readModel } from '@floatpath/model-io';
import { marginLedger, marginOf, preparePaths, ulpOf } from '@floatpath/path-decomp';
import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { ledgerTsv } from '../../src/explain/explain-files.js';
import { explainImages, type ExplainedImage } from '../../src/explain/explain-images.js';
import { explainableModel, type ExplainRequest } from '../../src/explain/request.js';
import { summarizeExplanation } from '../../src/explain/explain-summary.js';
import type { AuditData } from '../../src/settings.js';
import { engine } from '../tiny.js';
import { conductance } from './layer-conductance.js';
import { images, missing } from './sc-rfp-setup.js';

const SEED = 0;
const runs = [
  { network: 'mnist-mlp-sigma0', epsilon: 0.1, pairs: 600, conducted: 20 },
  { network: 'mnist-mlp-sigma0.5', epsilon: 0.2, pairs: 360, conducted: 20 },
  { network: 'mnist-cnn-sigma0', epsilon: 0.15, pairs: 40, conducted: 2 },
] as const;
/** Steps of conductance, on the first `conducted` pairs of each network: 50 is the usual number. */
const STEPS = [10, 50, 250] as const;

/** The logits with some units restored, unit by unit: shares no code with what searches. */
function restoredLogits(
  analysis: Analysis,
  x: Tensor,
  units: ReadonlySet<number>,
  selections: Uint16Array,
): Float64Array {
  const shape = [1, ...analysis.inputShape.slice(1)];
  const input = float64Tensor(shape, Float64Array.from(x.data, Number));
  const values = new Map<string, Tensor>([[analysis.input, input]]);
  for (const step of analysis.steps) {
    const operands = step.operands((name) => values.get(name) as Tensor);
    const made = evaluateNode(step.node, operands) as readonly Float64Tensor[];
    const { gate } = step;
    const out = made[0]?.data as Float64Array;
    for (let index = 0; gate !== undefined && index < gate.units; index += 1) {
      const unit = gate.start + index;
      if (!units.has(unit)) continue;
      const selected = selections[unit] as number;
      if (gate.kind === 'elementwise') {
        const { slopes, offsets } = gate.piecesOf(index);
        const z = Number(operands[0]?.data[index]);
        out[index] = (slopes[selected] as number) * z + (offsets[selected] as number);
      } else {
        const winner = gate.candidatesOf(index).find(({ piece }) => piece === selected);
        out[index] = Number(operands[winner?.slot ?? 0]?.data[winner?.index ?? 0]);
      }
    }
    made.forEach((tensor, slot) => values.set(step.outputs[slot] as string, tensor));
  }
  return values.get(analysis.logits)?.data as Float64Array;
}

const says = (logits: Float64Array, label: number): boolean =>
  logits.indexOf(Math.max(...logits)) === label;

/** The printed rows of a ledger, added from first to last, against its printed drop: the ulps that they miss it by. */
function printedUlps(explained: ExplainedImage): number {
  const shares = ledgerTsv(explained)
    .trim()
    .split('\n')
    .map((line) => Number(line.split('\t').at(-1)));
  const drop = explained.row.failure?.ledger.drop ?? NaN;
  const residual = Math.abs(shares.reduce((sum, share) => sum + share, 0) - drop);
  const size = shares.reduce((sum, share) => sum + Math.abs(share), 0);
  return residual === 0 ? 0 : residual / ulpOf(size);
}

const quantiles = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
  return { median: at(0.5), p99: at(0.99), most: at(1) };
};

/** CPU milliseconds of this process. */
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function explained(network: string, epsilon: number, pairs: number) {
  const bytes = new Uint8Array(
    readFileSync(new URL(`../../../../../shared/models/${network}.onnx`, import.meta.url)),
  );
  const data: AuditData = { name: 'MNIST test', ...images('test', 0, 2 * pairs) };
  const request: ExplainRequest = {
    norm: 'linf',
    epsilon,
    attacks: ['pgd'],
    neighborhood: 'segment',
    evidence: 'segment',
    proof: null,
    preprocessing: defaultPreprocessing,
    seed: SEED,
    batchSize: 128,
  };
  const model = await explainableModel(
    readModel(bytes, { name: network }),
    data,
    request.preprocessing,
    engine,
    { allowInaccurate: false },
  );
  const found: ExplainedImage[] = [];
  const positions = Array.from(data.ids.keys());
  const host = { engine, precision: 'float32' } as const;
  for await (const part of explainImages(model, data, request, undefined, positions, host)) {
    found.push(...part.filter(({ full }) => full !== undefined));
    if (found.length >= pairs) break;
  }
  return { analysis: model.analysis, found: found.slice(0, pairs) };
}

test.skipIf(missing)(
  'ledgers of 1,000 failures add up to the printed ulps, and what is said to flip back does',
  async () => {
    const networks = [];
    let pairs = 0;
    for (const { network, epsilon, pairs: wanted, conducted } of runs) {
      const { analysis, found } = await explained(network, epsilon, wanted);
      expect(found.length).toBe(wanted);
      pairs += found.length;
      const paths = preparePaths(analysis);
      const milliseconds: number[] = [];
      const misses = STEPS.map((): number[] => []);
      const fixedShare: number[] = [];
      for (const [i, one] of found.entries()) {
        const { full, row } = one;
        const { failure } = row;
        if (failure === null || full === undefined) throw new Error('expected a failure');
        expect(printedUlps(one), `image ${row.image}`).toBe(failure.ledger.ulps);
        const { x, adversarial, label, rival, neighborhood } = full.pair;
        const begun = cpu();
        const segment = segmentBetween(analysis, x, adversarial);
        marginLedger(paths, { x, adversarial, label, rival, neighborhood: segment });
        milliseconds.push(cpu() - begun);

        const { flipBack } = failure;
        const ids = new Map(full.ledger.rows.map(({ id, unit }) => [id, unit]));
        const units = (flipBack.units ?? []).map((id) => ids.get(id) as number);
        const flips = (set: readonly number[]): boolean =>
          says(restoredLogits(analysis, adversarial, new Set(set), neighborhood.selections), label);
        if (flipBack.kind === 'found') {
          expect(flips(units), `image ${row.image}`).toBe(true);
          for (const unit of units) {
            const without = units.filter((other) => other !== unit);
            expect(flips(without), `image ${row.image} without ${unit}`).toBe(false);
          }
        } else expect(flips([...ids.values()]), `image ${row.image}`).toBe(false);

        if (i >= conducted) continue;
        const [from, to] = [x, adversarial].map((point) =>
          float64Tensor(analysis.inputShape, Float64Array.from(point.data)),
        ) as [Float64Tensor, Float64Tensor];
        const cotangent = marginOf(paths.classes, label, rival);
        STEPS.forEach((steps, s) => {
          const flow = conductance(paths, from, to, cotangent, steps);
          for (const { start, units: count } of analysis.layout.gates) {
            const layer = flow.subarray(start, start + count);
            const sum = layer.reduce((total, value) => total + value, 0);
            misses[s]?.push(Math.abs(sum + failure.ledger.drop));
            if (steps !== 250) continue;
            const size = layer.reduce((total, value) => total + Math.abs(value), 0);
            const fixed = layer.reduce(
              (total, value, k) =>
                total + (neighborhood.float[start + k] === 1 ? 0 : Math.abs(value)),
              0,
            );
            fixedShare.push(fixed / size);
          }
        });
      }
      const rows = found.map(({ row }) => row);
      const summary = summarizeExplanation(rows, SEED);
      networks.push({
        network,
        epsilon,
        pairs: found.length,
        units: analysis.layout.units,
        floatUnits: quantiles(found.map(({ full }) => full?.ledger.rows.length ?? 0)),
        ledgerUlps: quantiles(rows.map(({ failure }) => failure?.ledger.ulps ?? 0)),
        ledgerResidual: quantiles(rows.map(({ failure }) => failure?.ledger.residual ?? 0)),
        kinkUlps: quantiles(rows.map(({ failure }) => failure?.kinks?.ulps ?? 0)),
        drop: quantiles(rows.map(({ failure }) => failure?.ledger.drop ?? 0)),
        segmentAndLedgerCpuMilliseconds: quantiles(milliseconds),
        kinds: summary.kinds,
        flipBack: summary.flipBack,
        sumLawHolds: summary.sumLawHolds,
        layerConductance: {
          pairs: conducted,
          missesDropBy: STEPS.map((steps, s) => ({ steps, ...quantiles(misses[s] ?? []) })),
          onUnitsThatNeverSwitch: quantiles(fixedShare),
        },
      });
      expect(summary.sumLawHolds).toBe(true);
    }
    expect(pairs).toBe(1000);
    writeEvidence('explain', {
      claim:
        'on 1,000 adversarial pairs the printed rows of every margin ledger add up to the lost margin within the printed ulps; restoring the printed neurons flips back what it says and leaving any one out does not, re-evaluated unit by unit; layer conductance on the same pairs misses the lost margin by what finitely many steps miss',
      command: 'npm run test:deep -- explain',
      seed: SEED,
      numbers: { pairs, networks },
    });
  },
);
