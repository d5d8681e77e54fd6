import { roundDown, roundUp } from '@floatpath/statistics';
import type { CertificationReport, Comparison, CountsHeader, LogCheck } from '@floatpath/smoothing';
import { FIXED_POINT_METHOD } from './counting.js';
import { plural } from './story-words.js';

const share = (value: number): string => roundDown(Math.max(0, value), 3);

/** What a radius of the report is called: a frozen network's is no certificate. */
const nameOf = ({ guarantee }: CertificationReport): string =>
  guarantee === 'unconditional' ? 'radius' : 'surrogate radius';

const columnOf = ({ guarantee }: CertificationReport): string =>
  guarantee === 'unconditional' ? 'right and certified' : 'right when frozen  ';

function settingsLine(header: CountsHeader, report: CertificationReport): string {
  const { plan, noise, seed } = header;
  const how =
    plan === null
      ? `${report.n} offsets, all of them`
      : `n0 ${plan.n0}, n ${plan.n}, alpha ${plan.alpha}, ${plan.bound.kind} bound, seed ${seed}`;
  return `${noise.kind} noise, sigma ${noise.sigma}, ${how}`;
}

function warnings(header: CountsHeader, report: CertificationReport): string[] {
  const { incomplete, unlabelled } = report;
  return [
    ...(report.arithmetic === 'float'
      ? ['NOT SOUND IN FLOATING POINT: float noise remembers the image']
      : []),
    ...(report.guarantee === 'conditional'
      ? ['CONDITIONAL: surrogate radii of the network frozen at each image, no certificates']
      : []),
    ...(header.sharing === 'shared'
      ? ['all images saw the same draws: their errors are not independent']
      : []),
    ...(incomplete.length > 0
      ? [`${incomplete.length} images lack draws and are left out, such as ${incomplete[0]}`]
      : []),
    ...(unlabelled.length > 0
      ? [`${unlabelled.length} images have no label and are left out`]
      : []),
  ];
}

function methodLine({ method }: CountsHeader, { guarantee }: CertificationReport): string[] {
  if (method === 'plain') return [];
  return [method === FIXED_POINT_METHOD ? method : `SC-RFP, ${method}: ${guarantee}`];
}

/** A certification report as lines of text; every number rounded towards less. */
export function certificationLines(header: CountsHeader, report: CertificationReport): string[] {
  const { model, data } = header;
  const { images, abstained, curve, average, ceiling, draws } = report;
  return [
    `${model.name} (${model.hash.slice(0, 12)}), ${data}`,
    ...methodLine(header, report),
    settingsLine(header, report),
    ...warnings(header, report),
    `${plural(images, 'image')}, ${plural(abstained, 'abstention')}, ${draws} draws`,
    '',
    `${nameOf(report)} (${report.norm})   ${columnOf(report)}   with probability .999   95 % interval for such images`,
    ...curve.map(({ radius, share: value, corrected, interval: [low, high] }) =>
      [
        String(radius).padEnd(22),
        share(value).padEnd(22),
        share(corrected).padEnd(24),
        `${share(low)} to ${roundUp(Math.min(1, high), 3)}`,
      ].join(''),
    ),
    `the whole curve at once: within ${roundUp(report.band, 3)} with probability .95, for images drawn at random`,
    '',
    `lower bound of the label's probability: ${report.pLower
      .filter((bin) => bin.images > 0)
      .map(({ from, to, images: inside }) => `${from}-${to}: ${inside}`)
      .join(', ')}`,
    ...(ceiling === null
      ? []
      : [
          `share of images on which every draw agreed (more draws would give more): ${share(ceiling)}`,
        ]),
    `mean ${nameOf(report)}, 0 where wrong: ${roundDown(average, 4)}  (n ${report.n}, alpha ${report.alpha}, ${plural(images, 'image')}; depends on them)`,
  ];
}

/** A comparison of two counts files as lines of text. */
export function comparisonLines(
  first: CountsHeader,
  second: CountsHeader,
  { images, meanRadius, accuracy }: Comparison,
): string[] {
  const [low, high] = meanRadius.interval;
  const surrogate = first.guarantee === 'conditional' ? 'surrogate ' : '';
  const word = (significant: boolean): string => (significant ? 'significant' : 'not significant');
  return [
    `A ${first.model.name} (${first.model.hash.slice(0, 12)})   B ${second.model.name} (${second.model.hash.slice(0, 12)})   ${images} images, the same draws`,
    ...(surrogate === ''
      ? []
      : ['CONDITIONAL: both are networks frozen at each image, nothing here is certified']),
    `mean ${surrogate}radius, B - A: ${meanRadius.mean.toFixed(4)}, paired bootstrap ${roundDown(low, 4)} to ${roundUp(high, 4)}: ${word(meanRadius.significant)}`,
    `${surrogate}radius   A only   B only   exact McNemar p   Holm`,
    ...accuracy.map(({ radius, onlyFirst, onlySecond, pValue, adjustedPValue, significant }) =>
      [
        String(radius).padEnd(9),
        String(onlyFirst).padEnd(9),
        String(onlySecond).padEnd(9),
        roundUp(pValue, 6).padEnd(18),
        `${roundUp(adjustedPValue, 6)} ${word(significant)}`,
      ].join(''),
    ),
  ];
}

const SHOWN = 10;

const roundingWord = { nearest: 'to nearest', down: 'down' } as const;

const notChecked = (best: LogCheck['fits'][number] | undefined): string =>
  best === undefined
    ? 'they are not of one sigma, one n and counts alone, so none can be recomputed'
    : `no usual n and alpha explain them (n ${best.n}, alpha ${best.alpha} leaves ${best.unexplained} rows); give --n and --alpha`;

/** What `log check` found, as lines of text. */
export function logCheckLines(check: LogCheck, dialect: string): string[] {
  const { setting, fits, impossible, missing, overRounded } = check;
  const more = (count: number): string => (count > SHOWN ? `, and ${count - SHOWN} more` : '');
  return [
    `${dialect} log: ${check.rows} rows, ${check.abstained} abstentions, ${check.right} right`,
    ...(setting === undefined ? [`RADII NOT CHECKED: ${notChecked(fits[0])}`] : []),
    ...(setting === undefined ? [] : fits).map(
      ({ n, alpha, rounding, unexplained }) =>
        `fits n ${n}, alpha ${alpha}, radii rounded ${roundingWord[rounding]}: ${unexplained} rows unexplained`,
    ),
    ...(setting === undefined
      ? []
      : [
          `checked at n ${setting.n}, alpha ${setting.alpha}, sigma ${setting.sigma}, radii rounded ${roundingWord[setting.rounding]}`,
        ]),
    `impossible rows: ${impossible.length}`,
    ...impossible.slice(0, SHOWN).map(({ index, reason }) => `  image ${index}: ${reason}`),
    ...(impossible.length > SHOWN ? [`  ${impossible.length - SHOWN} more`] : []),
    `missing rows: ${missing.length}${missing.length > 0 ? ` (${missing.slice(0, SHOWN).join(', ')}${more(missing.length)})` : ''}`,
    ...(setting === undefined
      ? []
      : [
          `rounded above the certified radius: ${overRounded.above} of ${overRounded.told} rows whose count can be told, by ${roundUp(overRounded.worst, 5)} at most`,
        ]),
    ...(check.torn ? ['the last line ends in the middle'] : []),
  ];
}
