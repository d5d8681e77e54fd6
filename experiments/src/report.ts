import {
  argmaxRows,
  float32Tensor,
  numbersOf,
  type Engine,
  type Network,
  type Tensor,
} from '@floatpath/core';
import {
  certifyVariants,
  PLAIN_OUTPUT,
  sharedCounterNetwork,
  type LabelledImages,
} from '@floatpath/sc-rfp';
import { integerGaussian, type CertifiedRow } from '@floatpath/smoothing';
import { differenceOf, pValueOf, type Difference } from './compare.js';
import type { Contest, Contestant } from './contestants.js';
import type { Plan } from './plan.js';
import { contestantName } from './select.js';

export interface ReportedNetwork {
  readonly name: string;
  readonly averageRadius: number;
  /** Images right under the smoothed classifier with a certificate. */
  readonly certified: number;
  /** Images right when the smoothed classifier's selected label is read, certificate or not: an abstention counts as wrong. */
  readonly clean: number;
}

export interface Comparison extends Difference {
  readonly design: string;
  readonly setting: string;
  readonly pValue: number;
}

const radiusOf = ({ label, certificate }: CertifiedRow): number =>
  certificate.kind === 'certified' && certificate.label === label ? certificate.radius : 0;

/** Certifies the chosen contestants, their controls and plain on the same draws of the report images. */
export async function report(
  engine: Engine,
  network: Network,
  chosen: readonly Contestant[],
  contest: Contest,
  data: LabelledImages,
  options: Plan['report'] & { readonly sigma: number },
): Promise<{
  readonly networks: readonly ReportedNetwork[];
  readonly comparisons: readonly Comparison[];
}> {
  const controls = [...new Set(chosen.flatMap((c) => c.controls))];
  const variants = [
    ...chosen.map((c) => ({ name: contestantName(c), network: c.network })),
    ...controls.map((name) => ({ name, network: contest.controls.get(name) as Network })),
  ];
  const { n0, n, alpha, seed, sigma } = options;
  const noise = integerGaussian({ sigma, bounds: [0, 1] });
  const counted = { noise, n0, n, alpha, seed, batchSize: 250 };
  const certified = await certifyVariants(engine, network, variants, data, counted);
  const clean = await cleanRight(engine, sharedCounterNetwork(network, variants), data);
  const radii = new Map(
    certified.map((v) => [v.name, (v.rows as readonly CertifiedRow[]).map(radiusOf)]),
  );
  const of = (name: string): readonly number[] => radii.get(name) ?? [];
  return {
    networks: certified.map(({ name }) => ({
      name,
      averageRadius: of(name).reduce((a, b) => a + b, 0) / of(name).length,
      certified: of(name).filter((r) => r > 0).length,
      clean: clean.get(name) as number,
    })),
    comparisons: chosen.flatMap(({ design, setting, controls: own }) =>
      [PLAIN_OUTPUT, ...own].map((over): Comparison => {
        const name = contestantName({ design, setting });
        const { mean, interval, differences } = differenceOf(over, of(name), of(over));
        return { design, setting, over, mean, interval, pValue: pValueOf(differences) };
      }),
    ),
  };
}

/** Images that each output of `network` labels right without noise. */
async function cleanRight(
  engine: Engine,
  network: Network,
  { images, labels }: LabelledImages,
): Promise<ReadonlyMap<string, number>> {
  await using kernel = await engine.load(network);
  const fetches = await kernel.run({ [network.inputs[0]?.name ?? '']: images });
  return new Map(
    network.outputs.map(({ name }) => {
      const logits = fetches[name] as Tensor;
      const predicted = argmaxRows(float32Tensor(logits.shape, numbersOf(logits)));
      return [name, predicted.filter((label, i) => label === labels[i]).length];
    }),
  );
}
