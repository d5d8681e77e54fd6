import { holm } from '@floatpath/statistics';
import type {
  Interval,
  ReproducedClaim,
  ReproducedMethod,
  ReproducedNetwork,
} from './reproduction.js';
import { denoisedNames } from './variants.js';

const LEVEL = 0.05;

type Judged = Pick<ReproducedClaim, 'verdict' | 'because'>;

const signed = (v: number): string => `${v < 0 ? '-' : '+'}${Math.abs(v).toFixed(4)}`;

export const intervalWords = ({ mean, low, high }: Interval): string =>
  `${signed(mean)} [${signed(low)}, ${signed(high)}]${low <= 0 && high >= 0 ? ', not significant' : ''}`;

const each = (networks: readonly ReproducedNetwork[], of: (n: ReproducedNetwork) => string) =>
  networks.map((network) => `${network.label}: ${of(network)}`).join('; ');

const methodOf = ({ methods }: ReproducedNetwork, name: string): ReproducedMethod =>
  methods.find((method) => method.name === name) as ReproducedMethod;

/** Images that are right with a radius. */
const rightOf = (method: ReproducedMethod): number =>
  method.radii.filter((radius) => radius !== null).length;

function decomposition(networks: readonly ReproducedNetwork[]): Judged {
  const residuals = networks.flatMap(({ diagnosis }) => diagnosis.residual ?? []);
  if (residuals.length === 0) return { verdict: 'not decided by this run', because: 'no failure' };
  return {
    verdict: Math.max(...residuals) <= 1 ? 'holds' : 'does not hold',
    because: `the largest |fixed + float - output| is ${Math.max(...residuals).toPrecision(2)} of what rounding explains`,
  };
}

function twoKinds(networks: readonly ReproducedNetwork[]): Judged {
  const both = networks.every(({ diagnosis: { kinds } }) =>
    kinds.filter(({ kind }) => kind !== 'fixed-already-wrong').every((k) => k.failures > 0),
  );
  return {
    verdict: both ? 'holds' : 'not decided by this run',
    because: each(networks, ({ diagnosis: { kinds } }) =>
      kinds.map(({ kind, failures }) => `${failures} ${kind}`).join(', '),
    ),
  };
}

function smoothingCorrectsFloat(networks: readonly ReproducedNetwork[]): Judged {
  const adjusted = holm(networks.map(({ diagnosis }) => diagnosis.pValue));
  const directions = networks.map(({ diagnosis: { kinds } }, i) => {
    const [lipschitz, float] = kinds.map(({ failures, corrected }) => corrected / failures);
    if ((adjusted[i] as number) > LEVEL) return 0;
    return Math.sign((float as number) - (lipschitz as number));
  });
  const verdict = directions.every((d) => d > 0)
    ? 'holds'
    : directions.some((d) => d < 0)
      ? 'does not hold'
      : 'not decided by this run';
  const words = networks.map(({ label, diagnosis: { kinds } }, i) => {
    const told = kinds.slice(0, 2).map((k) => `${k.corrected} of ${k.failures} ${k.kind}`);
    return `${label}: ${told.join(', ')}, p ${(adjusted[i] as number).toPrecision(2)}`;
  });
  return {
    verdict,
    because: `corrected at x' (Fisher's exact test, p after Holm over networks) - ${words.join('; ')}`,
  };
}

const CENTER = 'center (the paper)';

function largerRadii(networks: readonly ReproducedNetwork[]): Judged {
  const differences = networks.map((network) => methodOf(network, CENTER).toPlain as Interval);
  return {
    verdict: differences.every(({ low }) => low > 0) ? 'holds' : 'not decided by this run',
    because: `mean surrogate radius of networks frozen at each image minus plain's certified one - ${each(
      networks,
      (network) => {
        const method = methodOf(network, CENTER);
        const [right, plain] = [method, methodOf(network, 'plain')].map(rightOf);
        return `${intervalWords(method.toPlain as Interval)}, ${right} right (plain ${plain})`;
      },
    )}`,
  };
}

function radiiHoldWhenDeployed(networks: readonly ReproducedNetwork[]): Judged {
  const found = networks.flatMap(({ refutations }) => refutations.filter((r) => r.name === CENTER));
  return {
    verdict: found.some(({ passes }) => !passes) ? 'does not hold' : 'not decided by this run',
    because: `attacks inside them change the deployed prediction - ${each(
      networks,
      ({ refutations }) => {
        const own = refutations.find(({ name }) => name === CENTER);
        return `${own?.refuted ?? 0} of ${own?.claims ?? 0}`;
      },
    )}`,
  };
}

function unconditionalGain(networks: readonly ReproducedNetwork[]): Judged {
  const differences = networks.map((network) => methodOf(network, 'input').toPlain as Interval);
  return {
    verdict: differences.every(({ low }) => low > 0)
      ? 'holds'
      : differences.some(({ high }) => high < 0)
        ? 'does not hold'
        : 'not decided by this run',
    because: each(networks, (network) =>
      intervalWords(methodOf(network, 'input').toPlain as Interval),
    ),
  };
}

function denoisedGain(networks: readonly ReproducedNetwork[]): Judged {
  const name = denoisedNames[0] as string;
  const gains = networks.map((network) => [
    methodOf(network, name).toPlain as Interval,
    ...network.controls.filter(({ method }) => method === name),
  ]);
  return {
    verdict: gains.every((all) => all.every(({ low }) => low > 0))
      ? 'holds'
      : gains.some((all) => all.some(({ high }) => high < 0))
        ? 'does not hold'
        : 'not decided by this run',
    because: each(networks, (network) => {
      const own = network.controls.filter(({ method }) => method === name);
      const over = own.map((gain) => `${intervalWords(gain)} over ${gain.over}`);
      return [
        `${intervalWords(methodOf(network, name).toPlain as Interval)} over plain`,
        ...over,
      ].join(', ');
    }),
  };
}

const questions: readonly (readonly [
  claim: string,
  judge: (networks: readonly ReproducedNetwork[]) => Judged,
])[] = [
  ['A network is the sum of its fixed and its float paths.', decomposition],
  ['Failures are of two kinds: Lipschitz and float neuron.', twoKinds],
  ['Smoothing corrects the float kind more often than the Lipschitz kind.', smoothingCorrectsFloat],
  [
    'SC-RFP has larger radii than plain smoothing (the network frozen at each image, as in the paper).',
    largerRadii,
  ],
  ['Those radii hold for the classifier that is deployed.', radiiHoldWhenDeployed],
  [
    'With a partition from the noisy input alone, which is a certificate, SC-RFP still gains (input anchor).',
    unconditionalGain,
  ],
  [
    'Repression with a denoised anchor gains over plain smoothing and over the denoiser without repression.',
    denoisedGain,
  ],
];

/** What a reproduction says about each of the paper's claims, and about two that follow. */
export function reproducedClaims(
  networks: readonly ReproducedNetwork[],
): readonly ReproducedClaim[] {
  return questions.map(([claim, judge]) => ({ claim, ...judge(networks) }));
}
