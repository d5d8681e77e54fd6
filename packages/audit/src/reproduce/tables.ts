import { intervalWords } from './claims.js';
import type { ReproducedMethod, ReproducedNetwork, Reproduction } from './reproduction.js';

/** Rows of text under headings, for the terminal and for a page alike. */
export interface ReproducedTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const rounded = (value: number, digits = 2): string => value.toFixed(digits).replace(/^0\./, '.');

/** A share rounded towards less. */
const share = (count: number, of: number): string =>
  of === 0 ? '-' : rounded(Math.floor((100 * count) / of) / 100);

export function fractionTable({ networks }: Reproduction): ReproducedTable {
  const sigmas = networks[0]?.fractions.map(({ sigma }) => sigma) ?? [];
  return {
    title: `Share of units that are float under noise (tau ${networks[0]?.fractions[0]?.tau ?? 0}), layer by layer`,
    columns: ['network', ...sigmas.map((sigma) => `sigma ${rounded(sigma)}`)],
    rows: networks.map(({ label, fractions }) => [
      label,
      ...fractions.map(({ shares }) => shares.map((s) => rounded(s)).join(' / ')),
    ]),
  };
}

const kindNames = {
  lipschitz: 'Lipschitz',
  float: 'float neuron',
  'fixed-already-wrong': 'fixed already wrong',
} as const;

export function diagnosisTable({ networks, epsilon, sigma }: Reproduction): ReproducedTable {
  return {
    title: `Failures within l2 ${epsilon} by kind, and how many of them smoothing (sigma ${rounded(sigma)}) corrects`,
    columns: [
      'network',
      ...Object.values(kindNames),
      'share of the lost margin in fixed paths',
      "Fisher's p, float against Lipschitz, before Holm",
    ],
    rows: networks.map(({ label, diagnosis: { kinds, fixedShare, pValue } }) => [
      label,
      ...kinds.map(({ failures, corrected }) => `${corrected} of ${failures}`),
      fixedShare === null ? '-' : rounded(fixedShare),
      kinds.slice(0, 2).every(({ failures }) => failures > 0) ? pValue.toPrecision(2) : '-',
    ]),
  };
}

/** At 0 the share that is right and has a radius at all. */
const reached = ({ radii }: ReproducedMethod, radius: number): string =>
  share(radii.filter((r) => r !== null && r >= radius).length, radii.length);

/** One table per guarantee and network: the two are never pooled. */
export function radiusTables(
  { sigma, images }: Reproduction,
  { label, methods, controls }: ReproducedNetwork,
): readonly ReproducedTable[] {
  const radii = [0, 1, 2].map((k) => k * sigma);
  const rowOf = (method: ReproducedMethod): readonly string[] => [
    method.name,
    method.specification,
    ...radii.map((radius) => reached(method, radius)),
    rounded(Math.floor(method.mean * 1e4) / 1e4, 4),
    method.toPlain === null ? '' : intervalWords(method.toPlain),
  ];
  const of = (guarantee: ReproducedMethod['guarantee']) =>
    methods.filter((method) => method.guarantee === guarantee).map(rowOf);
  const at = radii.map((radius) => `>= ${rounded(radius)}`);
  return [
    {
      title: `${label}: certified radii, unconditional, share of ${images} images`,
      columns: ['method', 'classifier', ...at, 'mean', 'to plain, paired 95 %'],
      rows: of('unconditional'),
    },
    {
      title: `${label}: surrogate radii of networks frozen at each image - CONDITIONAL, no certificates`,
      columns: ['method', 'classifier', ...at, 'mean', "minus plain's certified one"],
      rows: of('conditional'),
    },
    {
      title: `${label}: the denoised anchor over what its denoiser does without repression`,
      columns: ['method', 'over', 'difference of the mean radius, paired 95 %'],
      rows: controls.map((gain) => [gain.method, gain.over, intervalWords(gain)]),
    },
  ];
}

export function refutationTable({ networks }: Reproduction): ReproducedTable {
  return {
    title: 'Attacks inside the radii on the classifier that is deployed',
    columns: ['network', 'method', 'what the radii are', 'broken', 'as certificates'],
    rows: networks.flatMap(({ label, refutations }) =>
      refutations.map(({ name, guarantee, refuted, claims, passes }) => [
        label,
        name,
        guarantee === 'conditional' ? 'surrogate' : 'certified',
        `${refuted} of ${claims}`,
        passes ? 'pass' : 'FAIL',
      ]),
    ),
  };
}

export function claimTable({ claims }: Reproduction): ReproducedTable {
  return {
    title: 'Which claims hold',
    columns: ['claim', 'in this run', 'because'],
    rows: claims.map(({ claim, verdict, because }) => [claim, verdict, because]),
  };
}
