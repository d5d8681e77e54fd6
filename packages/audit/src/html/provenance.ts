import { atMost } from '../at-most.js';
import { element } from '../figures/markup.js';
import type { Report } from '../report.js';
import { printable, quantity } from '../story-words.js';
import { tableHtml } from './tables.js';

/** What every number was made with. */
export function provenanceHtml({ settings, networks, artefact, tool }: Report): string {
  const { bounds, mean, std, layout } = settings;
  const preprocessing = [
    `inputs in [${bounds.join(', ')}]`,
    ...(mean ? [`mean ${mean.join(', ')}`] : []),
    ...(std ? [`std ${std.join(', ')}`] : []),
    layout,
  ].join('; ');
  const rows: [string, string][] = [
    ['data', `${printable(settings.data)} (${settings.images} images)`],
    ['preprocessing, part of the network', preprocessing],
    ['attack radius', `${settings.norm} <= ${quantity(settings.epsilon)}, in input units`],
    ['attack on the network', settings.attack],
    ['attack on the smoothed network', settings.smoothedAttack],
    ['noise', `Gaussian, sigma ${quantity(settings.sigma)} in input units`],
    ['draws', `n0 ${settings.n0} select the label, n ${settings.n} bound its probability`],
    ['failure probability of each certificate', String(settings.alpha)],
    ['seed', String(settings.seed)],
    ['engine', printable(settings.engine)],
    ['tool', `floatpath ${printable(tool.version)}`],
  ];
  const models = networks.map(({ id, label, hash }) => {
    const check = artefact.find(({ network }) => network === id);
    return [
      printable(label),
      hash,
      check === undefined
        ? ''
        : check.unchecked === undefined
          ? `${check.images - check.labelDisagreements} of ${check.images}`
          : 'not checked',
      check === undefined || check.unchecked !== undefined ? '' : atMost(check.maxLogitDifference),
    ];
  });
  return element('section', { 'aria-labelledby': 'settings' }, [
    element('h2', { id: 'settings' }, 'SETTINGS'),
    tableHtml(
      { caption: 'Every number above was made with these', columns: ['setting', 'value'], rows },
      true,
    ),
    element('h3', {}, 'The files'),
    tableHtml(
      {
        caption: 'Original files, run in their own runtime on the audited images',
        columns: [
          'network',
          'sha256 of file and preprocessing',
          'same label as our graph',
          'largest logit difference',
        ],
        rows: models,
      },
      true,
    ),
  ]);
}
