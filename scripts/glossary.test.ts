import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Words of art that commands, reports and pages print. */
const printed = [
  ...['abstain', 'ACR', 'alpha', 'anchor', 'arithmetic', 'artefact', 'baseline', 'breakpoint'],
  ...['calibration', 'certified', 'conditional', 'counts file', 'crossing', 'CROWN', 'alpha-CROWN'],
  ...[
    'composed looks',
    'denoiser',
    'EOT',
    'evidence',
    'float path',
    'flip-back set',
    'float neuron',
  ],
  ...[
    'guarantee',
    'Holm',
    'kappa',
    'kink',
    'lambda',
    'ledger',
    'linear region',
    'Lipschitz',
    'margin',
  ],
  ...[
    'McNemar',
    'network',
    'proved',
    'refuted',
    'sampled',
    'SC-RFP',
    'selection',
    'shard',
    'sigma',
  ],
  ...['Clopper-Pearson', 'surrogate radius', 'tau', 'template', 'undecided', 'unit', '1-minimal'],
  ...['attack table', 'gate', 'activation pattern'],
] as const;

const files = (folder: string, recursive = true): string[] =>
  readdirSync(join(root, folder), { recursive, encoding: 'utf8' })
    .filter((name) => /\.(ts|md)$/.test(name))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));

const glossary = readFileSync(join(root, 'GLOSSARY.md'), 'utf8');
const headings = [...glossary.matchAll(/\*\*(.+?)\.?\*\*|_(\S+?)_:?/g)]
  .map(([, bold, slanted]) => bold ?? slanted ?? '')
  .join(' | ');
const has = (text: string, word: string): boolean =>
  new RegExp(`(?<![\\w-])${word.replaceAll(/[ -]/g, '[ -]')}`, 'i').test(text);

test('every word of art that is printed is in the glossary', () => {
  expect(printed.filter((word) => !has(headings, word))).toEqual([]);
});

test('every one of them is printed', () => {
  const said = [
    ...['apps/cli/src', 'packages/audit/src'].flatMap((folder) => files(folder)),
    ...['apps/docs', 'packages/sc-rfp'].flatMap((folder) => files(folder, false)),
  ].join('\n');
  expect(printed.filter((word) => !has(said, word))).toEqual([]);
  expect(has(said, 'phlogiston')).toBe(false);
});

test('planted fault: an entry that is taken out is missed', () => {
  expect(has(headings.replace('Flip-back set', ''), 'flip-back set')).toBe(false);
});
