import type { Guarantee } from '@floatpath/core';
import { curvePoints } from '../figures/curve-points.js';
import { curveFigure, type CurveChart } from '../figures/curves.js';
import { element, escapeMarkup } from '../figures/markup.js';
import { figureColors, figureShapes } from '../figures/style.js';
import type { ReproducedNetwork, Reproduction } from './reproduction.js';
import {
  claimTable,
  diagnosisTable,
  fractionTable,
  radiusTables,
  refutationTable,
  type ReproducedTable,
} from './tables.js';

const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function tableMarkdown({ title, columns, rows }: ReproducedTable): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [
    '',
    `**${cell(title)}**`,
    '',
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map(line),
  ];
}

/** Curves in one figure; more than these are told apart by their table. */
const DRAWN: Readonly<Record<Guarantee, readonly string[]>> = {
  unconditional: ['plain', 'input', 'denoised'],
  conditional: ['center (the paper)'],
};

function figure(network: ReproducedNetwork, guarantee: Guarantee, mostRadius: number): string {
  const conditional = guarantee === 'conditional';
  const chart: CurveChart = {
    title: `${network.label}: ${conditional ? 'surrogate radii of frozen networks' : 'certified accuracy'}`,
    description: conditional
      ? 'CONDITIONAL, no certificate: each radius holds for the network frozen at that image, not for what is deployed'
      : 'Share of images right, and provably so for every 8-bit image closer than r in l2',
    guarantee,
    mostRadius,
    curves: network.methods
      .filter(({ name }) => DRAWN[guarantee].includes(name))
      .map(({ name, radii }) => ({ name, arithmetic: 'grid', points: curvePoints(radii) })),
  };
  const caption = element('figcaption', {}, escapeMarkup(`${chart.title}. ${chart.description}.`));
  return element('figure', {}, [caption, curveFigure(chart)]);
}

const onOneLine = (svg: string): string => svg.replaceAll(/\s*\n\s*/g, ' ');

/** For a page whose dark scheme is the class `dark`. */
const style = `<style>
:root {${figureColors.light}}
.dark {${figureColors.dark}}${figureShapes}
.fp-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 24px; }
.fp-figures figure { margin: 0; display: flex; flex-direction: column; justify-content: space-between; }
.fp-figures figcaption { font-size: 14px; line-height: 1.4; margin-bottom: 8px; }</style>`;

function figures({ networks }: Reproduction): string[] {
  const most = Math.max(
    ...networks.flatMap(({ methods }) => methods.flatMap(({ radii }) => radii.map((r) => r ?? 0))),
  );
  const drawn = networks.flatMap((network) =>
    (['unconditional', 'conditional'] as const).map((guarantee) =>
      figure(network, guarantee, most),
    ),
  );
  // Blank lines would end a block of HTML in Markdown.
  return ['', '<div class="fp-figures">', ...drawn.map(onOneLine), '</div>'];
}

/** A reproduction as a page in Markdown, with figures as inline SVG. */
export function reproductionPage(reproduction: Reproduction, command: string): string {
  const { data, engine, seed, n0, n, alpha, sigma, epsilon, networks, size } = reproduction;
  return [
    '# The paper, reproduced',
    '',
    `What \`floatpath reproduce --size ${size}\` finds on the two bundled networks: ${data}, noise of sigma ${sigma}, attacks within l2 ${epsilon}, n0 ${n0}, n ${n}, alpha ${alpha}, seed ${seed}, ${engine}. Written by \`${command}\`; change nothing here by hand.`,
    '',
    'The paper: Z. Jiang, "On Explaining Neural Network Robustness with Activation Path", ICLR 2023.',
    '',
    '## Which claims hold',
    ...tableMarkdown(claimTable(reproduction)).slice(2),
    '',
    '## Float neurons under noise',
    ...tableMarkdown(fractionTable(reproduction)),
    '',
    '## Why the networks fail, and what smoothing corrects',
    ...tableMarkdown(diagnosisTable(reproduction)),
    '',
    '## Radii',
    '',
    'Certified and surrogate radii stand in tables and figures of their own. A surrogate radius speaks of the network frozen at one image. Intervals are paired bootstraps over the images, each at 95 % for itself: of many, one in twenty misses its difference. A gain is said to hold only where all of its intervals lie above 0.',
    ...figures(reproduction),
    ...networks.flatMap((network) => radiusTables(reproduction, network).flatMap(tableMarkdown)),
    '',
    '## Attacks inside the radii',
    ...tableMarkdown(refutationTable(reproduction)),
    '',
    style.replaceAll(/\n+/g, '\n'),
    '',
  ].join('\n');
}
