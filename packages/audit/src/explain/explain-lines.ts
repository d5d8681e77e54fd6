import { roundDown, roundUp } from '@floatpath/statistics';
import { amount } from '../figures/flow-chart.js';
import { plural, printable, quantity } from '../story-words.js';
import type {
  ExactShare,
  ExplainedFailure,
  Explanation,
  ExplanationRow,
  MeanInterval,
} from './explanation.js';
import { worstRows } from './worst-rows.js';

/** Failures that are printed row by row. */
const SHOWN = 3;
/** Ledger rows of each. */
const ROWS = 6;

const WIDTH = 54;
const GAP = '   ';
const line = (label: string, text: string, indent = 2): string =>
  `${' '.repeat(indent)}${label.padEnd(WIDTH - indent)} ${text}`;

const shareText = ({ count, of, low, high }: ExactShare): string =>
  of === 0 ? 'none' : `${count} of ${of}   [${roundDown(low, 2)}, ${roundUp(high, 2)}]`;

/** With its bootstrap interval where there is one. */
export function meanText(interval: MeanInterval | null, gap: string): string {
  if (interval === null) return 'none';
  const { mean, low, high } = interval;
  return low === null || high === null
    ? amount(mean)
    : `${amount(mean)}${gap}[${amount(low)}, ${amount(high)}]`;
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${amount(Math.abs(value))}`;

/** The explanation as lines for a terminal. */
export function explanationLines(explanation: Explanation): readonly string[] {
  const { settings, summary, rows } = explanation;
  const radius =
    settings.norm === null || settings.epsilon === null
      ? ''
      : `, ${settings.norm} <= ${quantity(settings.epsilon)}`;
  const heading = [
    `floatpath explain: ${printable(settings.model)}, ${printable(settings.data)}${radius}, seed ${settings.seed}`,
    line('adversarial versions from', printable(settings.adversarial)),
    line('neighborhood', `${settings.neighborhood}, fixed neurons ${evidenceWords(settings)}`),
    line('right on the images as they are', `${summary.right} of ${rows.length}`),
    ...statusLines(rows),
  ];
  if (summary.failures === 0) return [...heading, 'There is no failure to explain.'];
  const { kinds, flipBack } = summary;
  const sizes =
    flipBack.sizes === null
      ? ''
      : `; sizes ${flipBack.sizes.least} to ${flipBack.sizes.most}, median ${flipBack.sizes.median}`;
  return [
    ...heading,
    'WHY   count [exact 95 % interval of its share]',
    line('float neuron: only the switched ones lose it', shareText(kinds.float)),
    line('Lipschitz: fixed paths alone lose it', shareText(kinds.lipschitz)),
    line('fixed paths were wrong before', shareText(kinds.fixedAlreadyWrong)),
    ...(kinds.ties > 0 ? [line('a tie within rounding on this engine', String(kinds.ties))] : []),
    `WHO LOST THE MARGIN   mean per failure, in logits${summary.drop?.low === null ? ', too few for an interval' : ' [95 % bootstrap]'}`,
    line('lost in all', meanText(summary.drop, GAP)),
    line('fixed paths', meanText(summary.fixed, GAP)),
    ...summary.gates.map(({ gate, units, float, share }) =>
      line(
        `${printable(gate)}: ${amount(float)} of ${units} neurons ${floatWord(settings)}`,
        meanText(share, GAP),
      ),
    ),
    ...(settings.evidence === 'proved' && summary.gates.some(({ units, float }) => float === units)
      ? [
          '  Paths through a layer of which nothing is proved fixed all count as float: a smaller --epsilon, or',
          '  --neighborhood segment, which knows every switch, says more.',
        ]
      : []),
    'RESTORING NEURONS   outputs recomputed with the maps selected at the image',
    line('some set flips it back', `${shareText(flipBack.found)}${sizes}`),
    line('  the smallest there is, by enumeration', String(flipBack.provedMinimum)),
    line('restoring all of them does not', String(flipBack.noneFoundFromAll)),
    line('no set of them does, by enumeration', String(flipBack.none)),
    'CHECKS',
    line(
      'ledger rows add up within',
      `${plural(Math.ceil(summary.largestUlps.ledger), 'ulp')} of their size`,
    ),
    ...(settings.evidence === 'segment'
      ? [
          line(
            'kink rows add up within',
            `${plural(Math.ceil(summary.largestUlps.kinks), 'ulp')} of their size`,
          ),
        ]
      : []),
    line('fixed + float = output', summary.sumLawHolds ? 'holds for all' : 'DOES NOT HOLD'),
    'THE WORST   neuron: its output at the image to that at the adversarial version; logits of margin lost',
    ...worstRows(rows, SHOWN).flatMap(failureLines),
  ];
}

/** How fixed units are known, in words. */
export function evidenceWords({ evidence, proof }: Explanation['settings']): string {
  if (evidence === 'proved') return `proved by ${proof ?? 'bounds'}`;
  return evidence === 'segment' ? 'known by every crossing on it' : 'compared at its ends only';
}

/** What is not proved fixed on a ball need not be float: it is undecided, and counts as float. */
export const floatWord = ({ evidence }: Explanation['settings']): string =>
  evidence === 'proved' ? 'not proved fixed' : 'float';

function statusLines(rows: readonly ExplanationRow[]): string[] {
  const words = {
    failure: 'failures explained below',
    'not-broken': 'not broken',
    'outside-ball': 'outside the ball, not explained',
    'not-in-file': 'not in the file',
    'tie-in-float64': 'a tie: no failure in float64',
  } as const;
  return Object.entries(words).flatMap(([status, text]) => {
    const count = rows.filter((row) => row.status === status).length;
    return count === 0 ? [] : [line(text, String(count))];
  });
}

const kindWords = {
  float: 'float neuron',
  lipschitz: 'Lipschitz',
  'fixed-already-wrong': 'fixed paths were wrong before',
  tie: 'a tie within rounding on this engine',
} as const;

function failureLines({ image, label, adversarial, failure }: ExplanationRow): string[] {
  if (failure === null) return [];
  const { ledger, margin, flipBack, kinks } = failure;
  const shown = ledger.rows.slice(0, ROWS);
  const restCount = ledger.others.count + ledger.rows.length - shown.length;
  const restShare =
    ledger.others.share + ledger.rows.slice(ROWS).reduce((sum, { share }) => sum + share, 0);
  const names = flipBack.units?.map(printable) ?? [];
  const set =
    flipBack.kind === 'found'
      ? `${plural(names.length, 'neuron')}: ${names.slice(0, 8).join(' ')}${names.length > 8 ? ' ...' : ''}${flipBack.minimum === 'proved' ? ' (no smaller set does)' : ''}`
      : flipBack.kind === 'none'
        ? 'no set does, by enumeration'
        : 'not even all of them together';
  return [
    `IMAGE ${image}   ${label} taken for ${adversarial?.predicted ?? failure.rival}, margin ${amount(margin.clean)} to ${amount(margin.adversarial)}, ${kindWords[failure.kind ?? 'tie']}`,
    line('lost on fixed paths', signed(ledger.fixed)),
    ...shown.map(({ unit, clean, adversarial: after, share }) =>
      line(`${printable(unit)}: ${amount(clean)} to ${amount(after)}`, signed(share)),
    ),
    ...(restCount > 0 ? [line(plural(restCount, 'other neuron'), signed(restShare))] : []),
    line(
      'sum = lost margin',
      `${signed(ledger.drop)}, within ${plural(Math.ceil(ledger.ulps), 'ulp')}`,
    ),
    ...channelLines(ledger.channels ?? []),
    ...(kinks
      ? [
          line(
            `if nothing had switched; ${plural(kinks.crossings, 'switch').replace(/hs$/, 'hes')} did the rest`,
            signed(-kinks.start),
          ),
        ]
      : []),
    line('flips back', set),
  ];
}

/** Channels that are printed of each. */
const CHANNELS = 3;

/** The same shares once more, added up over channels: not further rows of the ledger. */
function channelLines(channels: NonNullable<ExplainedFailure['ledger']['channels']>): string[] {
  if (channels.length === 0) return [];
  const words = channels
    .slice(0, CHANNELS)
    .map(
      ({ gate, channel, float, share }) =>
        `${signed(share)} ${printable(gate)}:${channel} (${plural(float, 'neuron')})`,
    );
  return [line('of it by channel, the largest', words.join(', '))];
}
