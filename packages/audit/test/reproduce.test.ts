import { expect, test } from 'vitest';
import { reproductionLines, reproductionPage, type Reproduction } from '../src/index.js';
import { reproducedClaims } from '../src/reproduce/claims.js';
import { reproducedDiagnosis } from '../src/reproduce/diagnosis.js';
import { reproducedMethods } from '../src/reproduce/radii.js';
import type { ReproducedNetwork } from '../src/reproduce/reproduction.js';
import type { ReportRow } from '../src/index.js';

const method = (name: string, mean: number, low: number, high: number) => ({
  name,
  guarantee: /center|signs/.test(name) ? ('conditional' as const) : ('unconditional' as const),
  specification: name,
  radii: [0.1, null, 0.3],
  mean: 0.13,
  toPlain: name === 'plain' ? null : { mean, low, high },
});
const refutation = (name: string, refuted: number, passes: boolean) => ({
  ...{ name, refuted, passes, claims: 40, probability: passes ? 1 : 1e-9, attack: 'pgd' },
  guarantee: name === 'plain' ? ('unconditional' as const) : ('conditional' as const),
});
const network: ReproducedNetwork = {
  ...{ label: 'made up', hash: 'sha256:0', gates: ['relu_1'] },
  fractions: [{ sigma: 0.25, tau: 0.05, shares: [0.5] }],
  diagnosis: {
    ...{ attacked: 60, failures: 50, fixedShare: 0.7, pValue: 1e-4, residual: 0.1 },
    kinds: [
      { kind: 'lipschitz', failures: 25, corrected: 2 },
      { kind: 'float', failures: 20, corrected: 15 },
      { kind: 'fixed-already-wrong', failures: 5, corrected: 0 },
    ],
  },
  methods: [
    method('plain', 0, 0, 0),
    method('input', -0.01, -0.02, -0.001),
    method('denoised', 0.02, 0.01, 0.03),
    method('center (the paper)', 0.2, 0.1, 0.3),
  ],
  controls: [
    { method: 'denoised', over: 'denoiser alone', mean: 0.01, low: 0.001, high: 0.02 },
    { method: 'denoised', over: 'average with denoised', mean: 0.01, low: -0.001, high: 0.02 },
  ],
  refutations: [refutation('plain', 0, true), refutation('center (the paper)', 12, false)],
};
const verdicts = (made: ReproducedNetwork) =>
  reproducedClaims([made]).map(({ verdict }) => verdict);

test('every claim is judged by what was found', () => {
  expect(verdicts(network)).toEqual([
    'holds',
    'holds',
    'holds',
    'holds',
    'does not hold',
    'does not hold',
    'not decided by this run',
  ]);
});

test('p-values in the words of a claim are those that decide it: after Holm over the networks', () => {
  const weaker = { ...network, label: 'other', diagnosis: { ...network.diagnosis, pValue: 0.03 } };
  const [, , told] = reproducedClaims([network, weaker]);
  // Holm 1979: the smaller of two is doubled, the larger is not.
  expect(told?.because).toMatch(/made up: .*, p 0\.00020; other: .*, p 0\.030$/);
  expect(reproducedClaims([weaker, weaker])[2]?.because).toMatch(/p 0\.060; other: .*p 0\.060$/);
});

test('a residual beyond the tolerance, the other direction, a broken set: the judgement turns', () => {
  const { diagnosis } = network;
  const [lipschitz, float, wrong] = diagnosis.kinds as [
    (typeof diagnosis.kinds)[number],
    (typeof diagnosis.kinds)[number],
    (typeof diagnosis.kinds)[number],
  ];
  const turned = verdicts({
    ...network,
    diagnosis: {
      ...diagnosis,
      residual: 1.5,
      kinds: [{ ...lipschitz, corrected: 20 }, { ...float, corrected: 1 }, wrong],
    },
    methods: network.methods.map((m) =>
      m.name === 'input' ? method('input', 0.01, 0.001, 0.02) : m,
    ),
    refutations: [refutation('center (the paper)', 0, true)],
    controls: network.controls.map((gain) => ({ ...gain, low: 0.001 })),
  });
  expect(turned).toEqual([
    'does not hold',
    'holds',
    'does not hold',
    'holds',
    'not decided by this run',
    'holds',
    'holds',
  ]);
});

const reproduction: Reproduction = {
  schema: 'floatpath/reproduction@1',
  ...{ version: '0', engine: 'reference', data: 'made up images 0-2', size: 'quick', seed: 0 },
  ...{ sigma: 0.25, epsilon: 1, images: 3, n0: 100, n: 500, alpha: 0.001 },
  networks: [network],
  claims: reproducedClaims([network]),
};

test('certified and surrogate radii never share a table, in the terminal and on the page', () => {
  const texts = [reproductionLines(reproduction).join('\n'), reproductionPage(reproduction, 'x')];
  for (const text of texts) {
    const tables = text.split(/\n\n+/);
    const certified = tables.filter((table) => /^\W*made up: certified radii/.test(table));
    const surrogate = tables.filter((table) => /^\W*made up: surrogate radii/.test(table));
    expect([certified.length, surrogate.length]).toEqual([1, 1]);
    expect(text).toContain('CONDITIONAL, no certificates');
  }
  const [lines] = texts as [string, string];
  const [, after = ''] = lines.split('made up: surrogate radii');
  const [frozen = ''] = after.split('\n\n');
  expect(frozen).toContain('center (the paper)');
  expect(frozen).not.toContain('input');
});

test('the page draws the two kinds apart and keeps its HTML in one block', () => {
  const page = reproductionPage(reproduction, 'npm run x');
  const block = page.slice(page.indexOf('<div'), page.indexOf('</div>'));
  expect(block).not.toContain('\n\n');
  expect(block.match(/<svg/g)).toHaveLength(2);
  expect(page).toContain('.dark {');
});

test('failures are counted by kind, and as corrected where the smoothed label is right', () => {
  const row = (kind: 'float' | 'lipschitz', answer: number | null): ReportRow =>
    ({
      label: 3,
      adversarial: { status: 'success' },
      smoothedAtAdversarial: { answer },
      diagnosis: { kind, fixedDrop: 3, floatDrop: 1, residual: 1, tolerance: 4 },
    }) as ReportRow;
  const without = { label: 3, adversarial: null, diagnosis: null } as ReportRow;
  const found = reproducedDiagnosis([
    ...[row('float', 3), row('float', 3), row('float', 3), row('float', null)],
    ...[row('lipschitz', 3), row('lipschitz', 1), row('lipschitz', 1), row('lipschitz', 1)],
    without,
  ]);
  expect(found).toMatchObject({
    ...{ attacked: 8, failures: 8, fixedShare: 0.75, residual: 0.25 },
    kinds: [
      { kind: 'lipschitz', failures: 4, corrected: 1 },
      { kind: 'float', failures: 4, corrected: 3 },
      { kind: 'fixed-already-wrong', failures: 0, corrected: 0 },
    ],
  });
  // Fisher 1935, the lady tasting tea.
  expect(found.pValue).toBeCloseTo(34 / 70, 9);
});

test('a wrong or missing certificate is no radius', () => {
  const certificate = (label: number, radius: number) => ({
    ...{ kind: 'certified', guarantee: 'unconditional', arithmetic: 'grid', norm: 'l2' },
    ...{ label, radius, pLower: 0.9 },
  });
  const variant = (name: string, radii: readonly number[]) => ({
    name,
    guarantee: 'unconditional' as const,
    rows: radii.map((radius, i) => ({
      label: 0,
      certificate: certificate(i === 1 ? 4 : 0, radius),
    })),
  });
  const certified = [
    variant('plain', [0.1, 0.2, 0.3]),
    variant('denoised', [0.2, 0.9, 0.4]),
    variant('denoised, careful', [0.2, 0.9, 0.4]),
    variant('denoiser alone', [0.1, 0.1, 0.1]),
    variant('average with denoised', [0.1, 0.1, 0.1]),
  ] as unknown as Parameters<typeof reproducedMethods>[0];
  const { methods, controls } = reproducedMethods(certified, [], 0);
  expect(methods[1]).toMatchObject({ name: 'denoised', radii: [0.2, null, 0.4] });
  expect(methods[1]?.toPlain?.mean).toBeCloseTo(0.2 / 3, 12);
  expect(controls).toHaveLength(4);
});
