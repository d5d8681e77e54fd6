import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const evidence = <N>(name: string): N =>
  (JSON.parse(read(`evidence/${name}.json`)) as { numbers: N }).numbers;

/** A page's prose on one line, and the cells of its tables. */
function page(name: string) {
  const text = read(`apps/docs/${name}.md`);
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('*', '')));
  return {
    prose: text.replace(/\s+/g, ' '),
    row: (first: string) => rows.find((cells) => cells[1] === first)?.slice(2, -1),
    rows,
  };
}

test('attacks: AutoAttack beside its authors’, and where gradients are masked', () => {
  const { rows, row, prose } = page('attacks');
  interface Run {
    readonly network: string;
    readonly norm: string;
    readonly images: number;
    readonly clean: number;
    readonly robust: number;
    readonly cpuSeconds: number;
    readonly official: { readonly robust: number; readonly seconds: number };
  }
  const runs = evidence<readonly Run[]>('attacks');
  const quoted = rows.filter((cells) => /^(CNN|MLP), sigma/.test(cells[1] ?? ''));
  expect(quoted.map((cells) => cells.slice(3, 7))).toEqual(
    runs.map(({ robust, cpuSeconds, official }) =>
      [robust, official.robust, Math.round(cpuSeconds), official.seconds].map(String),
    ),
  );
  expect(runs.every(({ images, clean }) => images === 100 && clean === 100)).toBe(true);
  const guided = evidence<{
    images: number;
    gradientsPerImage: number;
    rows: readonly { model: string; robust: Record<string, number> }[];
  }>('path-guided');
  expect(prose).toContain(
    `Images of ${guided.images} left unbroken after ${guided.gradientsPerImage} gradients`,
  );
  for (const { model, robust } of guided.rows) {
    const columns = ['apgd-ce, twice', 'apgd-ce, then guided', 'apgd-dlr, twice'];
    columns.push('apgd-dlr, then guided', 'square, 5000 queries');
    expect(row(model)).toEqual(columns.map((column) => String(robust[column])));
  }
});

test('attacks: labels alone, beside independent implementations', () => {
  const { rows } = page('attacks');
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
  const runs = evidence<
    readonly {
      readonly name: string;
      readonly norm: string;
      readonly queries: number;
      readonly medians: readonly number[];
      readonly theirs: readonly { medians: readonly number[]; ratio: number }[];
      readonly fabWithGradients: number;
    }[]
  >('labels-alone');
  const told = (value: number): string => String(Number(value.toPrecision(3)));
  const quoted = rows.filter((cells) => /^(HopSkipJump|RayS)$/.test(cells[1] ?? ''));
  expect(
    quoted.map((cells) => [
      ...cells.slice(1, 5),
      (cells[5] ?? '').match(/\d\.\d{3,}/g),
      ...cells.slice(6, 8),
    ]),
  ).toEqual(
    runs.map(({ name, norm, queries, medians, theirs, fabWithGradients }) => [
      ...[name, norm, String(queries), told(median(medians))],
      theirs.map(({ medians: others }) => told(median(others))),
      theirs.map(({ ratio }) => ratio.toFixed(2)).join('; '),
      told(fabWithGradients),
    ]),
  );
});

test('certify: kills, refutations and how large a fault they see', () => {
  const { prose, row } = page('certify');
  const resume = evidence<{ images: number; kills: number; same: boolean }>('smoothing-resume');
  expect(resume.same).toBe(true);
  expect(prose).toContain(
    `${resume.images} images of 10,000 draws, killed ${resume.kills} times, gave the same file`,
  );
  type Tried = Record<'honest' | 'control', { tried: number; broken: number }>;
  const { honest, control } = evidence<Tried>('smoothing-refutation');
  expect(prose).toContain(`broke ${honest.broken} of ${honest.tried} certificates`);
  expect(prose).toContain(`was caught (${control.broken} of ${control.tried})`);
  interface Outcome {
    readonly factor: number;
    readonly claims: number;
    readonly refuted: number;
    readonly passes: boolean;
  }
  const tight = evidence<Record<'everywhere' | 'withinBounds', readonly Outcome[]>>('refute-tight');
  const cells = (of: readonly Outcome[]): string[] =>
    [...of].sort((a, b) => a.factor - b.factor).map(({ refuted }) => String(refuted));
  expect(row('broken, `--among all`')).toEqual(cells(tight.everywhere));
  expect(row('broken, `--among images` (unless given)')).toEqual(cells(tight.withinBounds));
  expect(row('radii times')).toEqual(
    tight.everywhere.map(({ factor }) => String(factor)).sort((a, b) => Number(a) - Number(b)),
  );
  for (const { claims, refuted, passes } of [...tight.everywhere, ...tight.withinBounds]) {
    expect([claims, passes]).toEqual([57, refuted < 3]);
  }
  const { sets } = evidence<{ sets: readonly (Outcome & { set: string })[] }>(
    'sc-rfp-refute-everywhere',
  );
  const at = (factor: number) => sets.filter((one) => one.factor === factor);
  expect(at(1).map(({ refuted }) => refuted)).toEqual([0, 0, 0]);
  const [plain, input, denoised] = at(1.5).map(({ refuted }) => refuted);
  expect(prose).toContain(`${plain}, ${input} and ${denoised} with radii times 1.5`);
});

test('falsify and gate: what was measured', () => {
  const told =
    evidence<
      Record<
        | 'satInstances'
        | 'found'
        | 'secondsAllowed'
        | 'medianSeconds'
        | 'unsatOnSat'
        | 'unsatInstances'
        | 'proved'
        | 'unsatSecondsAllowed'
        | 'satOnUnsat',
        number
      >
    >('falsify');
  expect([told.unsatOnSat, told.satOnUnsat]).toEqual([0, 0]);
  expect(page('falsify').prose).toContain(
    `${told.found} of ${told.satInstances} sat instances found within ${told.secondsAllowed} seconds each (median ${told.medianSeconds} s), none called unsat; of ${told.unsatInstances} unsat instances that two or more tools agree on, ${told.proved} were proved within ${told.unsatSecondsAllowed} seconds each`,
  );
  const gate = evidence<{
    images: number;
    pairs: number;
    blocked: readonly { lost: number; blocked: number }[];
  }>('gate');
  const blocked = (lost: number) => gate.blocked.find((one) => one.lost === lost)?.blocked;
  expect(page('gate').prose).toContain(
    `${blocked(0)} of 2,000 unchanged pairs were stopped; with 10 images lost (2 points) ${blocked(10)?.toLocaleString('en-US')} of 2,000 were, with 15 or more all of them`,
  );
  expect([gate.images, gate.pairs]).toEqual([500, 2000]);
  const many = gate.blocked.filter(({ lost }) => lost >= 15);
  expect(many.every((one) => one.blocked === gate.pairs)).toBe(true);
});

test('proofs: what they were held against, and what bounds cost', () => {
  const { row, prose } = page('proofs');
  const thousands = (value: number): string => value.toLocaleString('en-US');
  const of = evidence<
    Record<
      | 'networks'
      | 'samples'
      | 'flips'
      | 'outside'
      | 'counterexamples'
      | 'attacked'
      | 'shrunk'
      | 'networksWhereShrunkIsCaught'
      | 'satRefuted'
      | 'unsatProved'
      | 'unsatOpen',
      number
    > & { rows: readonly { counterexamples: number }[] }
  >('proofs');
  const on = of.rows.filter(({ counterexamples }) => counterexamples > 0).length;
  expect([of.flips, of.outside, of.satRefuted]).toEqual([0, 0, 0]);
  expect(
    row(`${thousands(of.samples)} uniform draws, 10,000 for each of the ${of.networks} networks`),
  ).toEqual(['none flipped']);
  expect(
    row(`all ${of.counterexamples} published counterexamples, on ${on} networks`),
  ).toBeDefined();
  expect(
    row(`where PGD ended that looked for a violation, on ${of.attacked} networks`),
  ).toBeDefined();
  expect(row('positive control: the same points and bounds that are narrower by 1 %')).toEqual([
    `left on ${of.networksWhereShrunkIsCaught} networks, at ${thousands(of.shrunk)} values`,
  ]);
  expect(prose).toContain(`Of the ${of.unsatProved + of.unsatOpen} instances known`);
  expect(prose).toContain(
    `${of.unsatProved} are proved by bounds alone, without splitting; the other ${of.unsatOpen} stay open`,
  );
  interface Bound {
    readonly network: string;
    readonly method: string;
    readonly units: number;
    readonly undecided: number;
    readonly cpuSeconds: number;
  }
  const bounds = evidence<readonly Bound[]>('crown');
  const bound = (network: string, method: string) =>
    bounds.find((one) => one.network === network && one.method === method) as Bound;
  const resnet = bound('resnet_2b', 'crown');
  expect(prose).toContain(`bounds of all ${thousands(resnet.units)} neurons`);
  expect(prose).toContain(
    `left ${thousands(bound('resnet_2b', 'interval').undecided)} neurons open; ${thousands(resnet.undecided)} stay undecided`,
  );
  // Seconds of a busy machine: measured again, they may move by a fifth before the page is wrong.
  const seconds = (before: RegExp): number => Number(before.exec(prose)?.[1]);
  const near = (quoted: number, measured: number): void =>
    expect(Math.abs(quoted - measured)).toBeLessThan(0.2 * measured);
  near(seconds(/take (\S+) seconds of one core by `crown`/), resnet.cpuSeconds);
  near(
    seconds(/784-256-256-10 network takes (\S+) seconds/),
    bound('mnist-net_256x2', 'crown').cpuSeconds,
  );
  const sum = evidence<{ networks: number; worst: Record<string, number> }>('sum-law');
  expect(prose).toContain(
    `\`evidence/sum-law.json\`, ${sum.networks} networks, residuals below 6 %`,
  );
  expect(Math.max(...Object.values(sum.worst))).toBeLessThan(0.06);
  const affine = evidence<{
    checked: number;
    worst: number;
    networksWhereTheControlIsCaught: number;
  }>('affine-law');
  expect(prose).toContain(`\`evidence/affine-law.json\`, ${affine.checked} networks`);
  expect(affine.worst).toBeLessThan(0.03);
  expect(prose).toContain(`bends on ${affine.networksWhereTheControlIsCaught} of them`);
});
