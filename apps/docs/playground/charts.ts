import type { BarChart, KinkChart, LedgerChart } from '@floatpath/audit/figures';
import type { Around, LedgerView, NeuronsAround } from '@floatpath/audit/explore';
import type { KinksView } from './protocol.js';

const digits = (value: number): string => String(Number(value.toPrecision(3)));

/** Logits as distances above the lowest one. */
export function logitChart(logits: Float32Array): BarChart {
  const lowest = Math.min(...logits);
  return {
    title: 'Logits',
    description: 'One bar per class, from the lowest logit',
    most: Math.max(...logits) - lowest || 1,
    unit: 'logit',
    bars: Array.from(logits, (logit, label) => ({
      label: String(label),
      parts: [{ name: 'logit', tone: 'good', value: logit - lowest, text: digits(logit) }],
    })),
  };
}

/** How many units of each gate are fixed, float or neither. */
export function stateChart(gates: NeuronsAround['gates'], around: Around['kind']): BarChart {
  const words =
    around === 'ball'
      ? { fixed: 'proved fixed', float: 'seen to switch', undecided: 'undecided' }
      : { fixed: 'tau-fixed', float: 'tau-float', undecided: 'undecided' };
  return {
    title: 'Neurons by gate',
    description: 'Share of the units of each gate',
    most: 1,
    unit: 'share of units',
    bars: gates.map(({ gate, units, fixed, float, undecided }) => ({
      label: `${gate}: ${units} units`,
      summary: `${fixed} / ${float} / ${undecided}`,
      parts: [
        { name: words.fixed, tone: 'fixed', value: fixed / units, text: String(fixed) },
        { name: words.float, tone: 'float', value: float / units, text: String(float) },
        { name: words.undecided, tone: 'rest', value: undecided / units, text: String(undecided) },
      ],
    })),
  };
}

/** Where the margin went: lost to the right, regained to the left. */
export function ledgerChart({ fixed, lines }: LedgerView): LedgerChart {
  return {
    title: 'Margin ledger',
    description: 'What the margin lost on the fixed paths and through each neuron that switched',
    bars: [
      { name: 'fixed paths', tone: 'fixed', value: fixed, note: 'no neuron had to switch' },
      ...lines.map(({ name, share }) => ({
        name,
        tone: 'float' as const,
        value: share,
        note: 'through this neuron',
      })),
    ],
  };
}

/** The margin on the way to the attacked input. */
export function wayChart({ clean }: LedgerView, kinks: KinksView): KinkChart {
  return {
    title: 'The margin on the way',
    description: 'From the input (0) to the attacked one (1): it bends where a neuron switches',
    margin: clean,
    ...kinks,
  };
}
