import type { Difference } from './compare.js';
import type { Results } from './page.js';

const LEVEL = 0.05;

const signed = (v: number): string => `${v < 0 ? '-' : '+'}${Math.abs(v).toFixed(4)}`;

/** A difference with its interval. */
export const words = ({ mean, interval: [low, high] }: Difference): string =>
  `${signed(mean)} [${signed(low)}, ${signed(high)}]`;

/** Every comparison of a design in words, all of them or those that fail it. */
function comparisonsOf(
  { reported }: Results['networks'][number],
  design: string,
  kept: (c: { readonly mean: number; readonly adjustedPValue: number }) => boolean,
): string[] {
  return reported.comparisons
    .filter((c) => c.design === design && kept(c))
    .map((c) => `${words(c)} over ${c.over}`);
}

function successesOf({ networks }: Results): readonly string[] {
  return networks.flatMap((network) =>
    network.verdicts
      .filter((v) => v.success)
      .map(({ design, setting }) => {
        const gains = comparisonsOf(network, design, () => true).join(', ');
        return `${design} (${setting}) on ${network.id} (${gains})`;
      }),
  );
}

const COUNTED = ['no', 'one', 'two', 'three', 'four', 'five'];

/** The first paragraph of the page, which follows from the verdicts alone. */
export function answer(rounds: readonly Results[]): string {
  const found = rounds.flatMap(successesOf);
  if (rounds.some(({ goalReached }) => goalReached)) return `**Yes**: ${found.join('; ')}.`;
  return `**No.** ${
    found.length === 0
      ? `Of the designs that were chosen on the selection images, in ${COUNTED[rounds.length] ?? rounds.length} rounds, none gained significantly over plain smoothing and over all of its own controls at equal or better accuracy.`
      : `Only ${found.join('; ')} met the definition of success; it takes an MNIST network and the CIFAR-10 network.`
  }`;
}

/** What each reported design lacks of a success. */
export function shortfallLines({ networks }: Results): string[] {
  const lines = networks.flatMap((network) =>
    network.verdicts
      .filter((v) => !v.success)
      .map(({ design, setting }) => {
        const failed = comparisonsOf(
          network,
          design,
          ({ mean, adjustedPValue }) => !(mean > 0 && adjustedPValue <= LEVEL),
        );
        const of = (name: string) => network.reported.networks.find((n) => n.name === name);
        const [made, plain] = [of(`${design}: ${setting}`), of('plain')];
        const fewer = (
          [
            ['certified', 'with a certificate'],
            ['clean', 'without noise'],
          ] as const
        ).flatMap(([key, name]) => {
          const [own, other] = [made?.[key] ?? 0, plain?.[key] ?? 0];
          return own < other ? [`${own} images right ${name} where plain has ${other}`] : [];
        });
        const why = [
          ...(failed.length === 0 ? [] : [`no significant gain: ${failed.join(', ')}`]),
          ...fewer,
        ];
        return `- ${network.id}: ${design} (${setting}): ${why.join('; ')}`;
      }),
  );
  return lines.length === 0
    ? []
    : ['', 'What each reported design lacks of a success:', '', ...lines];
}
