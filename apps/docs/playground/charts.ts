import type { BarChart } from '@floatpath/audit/figures';
import type { Around, GateStates, LedgerView } from '@floatpath/audit/explore';

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
export function stateChart(gates: readonly GateStates[], around: Around['kind']): BarChart {
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

/** Where the margin went. Lines that gave margin back are drawn as such. */
export function ledgerChart({ fixed, lines }: LedgerView): BarChart {
  const all = [{ name: 'fixed paths', share: fixed }, ...lines];
  return {
    title: 'Margin ledger',
    description: 'What the margin lost on the fixed paths and through each neuron that switched',
    most: Math.max(...all.map(({ share }) => Math.abs(share)), 1e-9),
    unit: 'margin',
    bars: all.map(({ name, share }, i) => ({
      label: name,
      summary: share < 0 ? `gave ${digits(-share)}` : digits(share),
      parts: [
        share < 0
          ? { name: 'gave margin', tone: 'good', value: -share, text: digits(share) }
          : i === 0
            ? { name: 'lost on fixed paths', tone: 'fixed', value: share, text: digits(share) }
            : {
                name: 'lost through a switched neuron',
                tone: 'float',
                value: share,
                text: digits(share),
              },
      ],
    })),
  };
}
