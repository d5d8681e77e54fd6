import type { GateBracket } from '@floatpath/activation-patterns';
import { roundDown, roundUp } from '@floatpath/statistics';
import { threeUp } from './at-most.js';
import type { StabilityRequest, StabilityRow } from './stability-recipe.js';
import { plural, quantity } from './story-words.js';

/** Units of one gate at one radius, counted once per image. */
export interface StabilityTotal {
  readonly epsilon: number;
  readonly images: number;
  readonly gates: readonly GateBracket[];
  readonly all: GateBracket;
}

const sumOf = (gate: string, parts: readonly GateBracket[]): GateBracket => {
  const total = (key: 'units' | 'fixed' | 'float' | 'undecided'): number =>
    parts.reduce((sum, part) => sum + part[key], 0);
  return {
    gate,
    units: total('units'),
    fixed: total('fixed'),
    float: total('float'),
    undecided: total('undecided'),
  };
};

/** Adds the rows of every radius up, gate by gate. */
export function stabilityTotals(rows: readonly StabilityRow[]): StabilityTotal[] {
  const epsilons = [...new Set(rows.map(({ epsilon }) => epsilon))];
  return epsilons.map((epsilon) => {
    const of = rows.filter((row) => row.epsilon === epsilon);
    const gates = (of[0]?.gates ?? []).map(({ gate }, g) =>
      sumOf(
        gate,
        of.map((row) => row.gates[g] as GateBracket),
      ),
    );
    return { epsilon, images: of.length, gates, all: sumOf('all', gates) };
  });
}

/** What is proved is rounded down, what may be is rounded up. */
const percent = (part: number, whole: number, round: typeof roundUp): string =>
  whole === 0 ? '-' : round((100 * part) / whole, 1);

/** The bracket per layer, for a terminal. */
export function stabilityLines(
  rows: readonly StabilityRow[],
  { norm, alpha }: Pick<StabilityRequest, 'norm' | 'alpha'>,
): string[] {
  const [first] = rows;
  const unseen = rows.reduce((most, row) => Math.max(most, row.unseenChance ?? 0), 0);
  const lines = stabilityTotals(rows).flatMap(({ epsilon, images, gates, all }) => {
    const width = Math.max(5, ...gates.map(({ gate }) => gate.length));
    const row = (cells: readonly string[]): string =>
      `  ${(cells[0] as string).padEnd(width)} ${cells
        .slice(1)
        .map((cell) => cell.padStart(12))
        .join(' ')}`;
    return [
      `${norm} <= ${quantity(epsilon)} around ${plural(images, 'image')}, cut with the input bounds${images === 1 ? '' : '; shares of neurons, mean over the images'}`,
      row(['layer', 'neurons', 'proved fixed', '<= truth <=', 'not seen to', 'undecided']),
      row(['', '', '%', '', 'flip %', '%']),
      ...[...gates, all].map(({ gate, units, fixed, float, undecided }) =>
        row([
          gate,
          String(units / images),
          first?.proof === null ? 'not asked' : percent(fixed, units, roundDown),
          '',
          first?.draws === null ? 'not asked' : percent(units - float, units, roundUp),
          percent(undecided, units, roundUp),
        ]),
      ),
    ];
  });
  return [
    ...lines,
    ...(first === undefined || first.proof === null
      ? []
      : [
          `proved: ${first.proof} bounds in float64, roundoff included: these neurons keep their selection on all of the ball`,
        ]),
    ...(first === undefined || first.draws === null
      ? []
      : [
          `sampled: ${first.draws} draws per ball, uniform by volume, clipped to the bounds; with probability ${Number((1 - alpha).toPrecision(12))} per ball every neuron not seen to flip does so with a chance of at most ${threeUp(unseen)} per draw; sampling alone proves none fixed`,
        ]),
  ];
}
