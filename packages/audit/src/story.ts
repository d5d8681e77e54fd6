import { roundDown } from '@floatpath/statistics';
import type { MethodSummary, NetworkSummary, Report } from './report.js';

/** Printable on any terminal: control characters of names become U+FFFD. */
export function printable(name: string): string {
  return name.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    '\ufffd',
  );
}

/** An epsilon or sigma as people write it: `2/255` where it is a number of 8-bit steps, else six digits. */
export function quantity(value: number): string {
  const steps = value * 255;
  const whole = Math.round(steps);
  const decimals = Number(value.toPrecision(6));
  if (decimals === value) return String(value);
  return whole > 0 && Math.abs(steps - whole) < 1e-9 ? `${whole}/255` : String(decimals);
}

/** `.71`: a share or radius with its leading zero dropped, rounded towards less. */
function decimal(value: number, digits = 2): string {
  const text = roundDown(value, digits);
  return text.replace(/^(-?)0\./, '$1.');
}

const LABEL_WIDTH = 52;

function line(label: string, cells: readonly string[], width: number): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${cells.map((cell) => cell.padEnd(width)).join('')}`.trimEnd();
}

/**
 * The five blocks of the story, as plain text lines: the artefact, the network as shipped, why it fails, the same network
 * smoothed, what is certified, and what that means in short. Every number comes from the report.
 */
export function storyLines(report: Report): readonly string[] {
  const { networks, settings } = report;
  const width = Math.max(28, ...networks.map((network) => printable(network.label).length + 4));
  const cells = (of: (network: NetworkSummary) => string): string[] => networks.map(of);
  const [low, high] = settings.bounds;
  return [
    `floatpath audit: ${plural(networks.length, 'network')}, ${printable(settings.data)}, inputs in [${low},${high}], seed ${settings.seed}`,
    ...artefactLines(report),
    line(
      '',
      cells((n) => printable(n.label)),
      width,
    ),
    '1 THE NETWORK AS SHIPPED',
    line(
      'right on the images as they are',
      cells((n) => `${n.cleanRight} of ${n.images}`),
      width,
    ),
    line(
      `still right under attack (${settings.norm} <= ${quantity(settings.epsilon)})`,
      cells((n) => `${n.robustAtMost} at most`),
      width,
    ),
    `    attack: ${settings.attack}`,
    '2 WHY IT FAILS   output = fixed paths (nothing switched) + float paths (some neuron switched)',
    line(
      'Lipschitz: fixed paths alone lose the label',
      cells((n) => `${n.kinds.lipschitz} of ${n.failures}`),
      width,
    ),
    line(
      'float neuron: only the switched ones lose it',
      cells((n) => `${n.kinds.float}`),
      width,
    ),
    line(
      'fixed paths were wrong before',
      cells((n) => `${n.kinds.fixedAlreadyWrong}`),
      width,
    ),
    line('share of the lost margin, fixed / float', cells(marginShares), width),
    line('neurons that switched, gate by gate', cells(switchedShares), width),
    line('check: |fixed + float - output| <=', cells(sumLaw), width),
    `3 THE SAME NETWORK, SMOOTHED   majority label under Gaussian noise, sigma ${quantity(settings.sigma)} (deploying it costs n passes)`,
    line('failures repaired, Lipschitz / float neuron', cells(repairs), width),
    line(
      'still right under attack on the smoothed network',
      cells((n) => `${n.smoothedRobustAtMost} at most`),
      width,
    ),
    `4 WHAT IS CERTIFIED   share right, and provably so for every l2 change below r (n ${settings.n}, alpha ${settings.alpha})`,
    ...certifiedLines(report, width),
    ...shortLines(report),
  ];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function artefactLines({ artefact, networks }: Report): readonly string[] {
  const images = Math.min(...artefact.map((a) => a.images - a.labelDisagreements));
  const difference = Math.max(...artefact.map((a) => a.maxLogitDifference));
  const who =
    networks.length === 1 ? '' : networks.length === 2 ? ', both networks' : ', all networks';
  return [
    `artefact check: our graph gives the original file's label on ${images} of ${artefact[0]?.images ?? 0} images${who} (largest logit difference ${difference.toExponential(1)})`,
  ];
}

function marginShares({ fixedShare }: NetworkSummary): string {
  if (fixedShare === null) return 'no failures';
  return `${fixedShare.toFixed(2)} / ${(1 - fixedShare).toFixed(2)}`.replaceAll('0.', '.');
}

function switchedShares({ switchedShare }: NetworkSummary): string {
  if (switchedShare.length === 0) return 'no failures';
  const percents = switchedShare.map((share) => String(Math.round(100 * share)));
  const shown =
    percents.length > 6 ? [...percents.slice(0, 3), '..', ...percents.slice(-2)] : percents;
  return `${shown.join(' ')} %`;
}

function sumLaw({ failures, residual, sumLawHolds }: NetworkSummary): string {
  if (failures === 0) return 'no failures';
  return `${residual.toExponential(1)}, ${sumLawHolds ? 'holds' : 'DOES NOT HOLD'}`;
}

function repairs({ repaired, kinds }: NetworkSummary): string {
  return `${repaired.lipschitz} of ${kinds.lipschitz} / ${repaired.float} of ${kinds.float}`;
}

const titles: Readonly<Record<MethodSummary['method'], string>> = {
  plain: 'plain smoothing',
  'sc-rfp-input': 'SC-RFP, input anchor',
  'sc-rfp-center': 'SC-RFP, center anchor',
};

function certifiedLines(report: Report, width: number): readonly string[] {
  const [first] = report.networks;
  if (first === undefined) return [];
  const radii = first.methods[0]?.radii ?? [];
  const head = line(
    '',
    report.networks.map(() =>
      ['r =', ...radii.map((r) => shortRadius(r)), 'ACR'].map(cellOf).join(''),
    ),
    width,
  );
  const body = first.methods.flatMap((method, i) => {
    const label = `${titles[method.method].padEnd(23)}${guaranteeText(method)}`;
    const rows = [
      line(
        label,
        report.networks.map((network) => methodCells(network.methods[i] ?? method)),
        width,
      ),
    ];
    const compared = report.networks.some((network) => network.methods[i]?.differenceToPlain);
    if (compared) {
      rows.push(
        line(
          '  difference to plain, paired 95 %',
          report.networks.map((network) => differenceText(network.methods[i] ?? method)),
          width,
        ),
      );
    }
    return rows;
  });
  const conditional = first.methods.some((m) => m.guarantee === 'conditional');
  return [
    head,
    ...body,
    ...(conditional
      ? [
          '  * mean surrogate radius of the network frozen at each image; it does not certify what is deployed',
        ]
      : []),
  ];
}

function cellOf(text: string): string {
  return text.padEnd(5);
}

function shortRadius(radius: number): string {
  return quantity(radius).replace(/^0\./, '.');
}

function guaranteeText({ guarantee, arithmetic }: MethodSummary): string {
  const suffix = arithmetic === 'float' ? ', not sound in floating point' : '';
  return guarantee === 'unconditional'
    ? `unconditional${suffix}`
    : `CONDITIONAL, no certificate${suffix}`;
}

function methodCells(method: MethodSummary): string {
  if (method.status === 'not-calibrated') return 'not calibrated';
  const mark = method.guarantee === 'conditional' ? '*' : '';
  const shares = method.shares.map((share) => decimal(share));
  return ['', ...shares, `${decimal(method.average ?? 0)}${mark}`].map(cellOf).join('');
}

function differenceText({ status, differenceToPlain }: MethodSummary): string {
  if (status === 'not-calibrated' || differenceToPlain === null) return '';
  const { mean, low, high, significant } = differenceToPlain;
  if (!significant) return 'not significant';
  const signed = (value: number): string =>
    `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4).replace(/^0/, '')}`;
  return `${signed(mean)} [${signed(low)}, ${signed(high)}]`;
}

/** What changed between the networks, by rule from the numbers above. */
function shortLines(report: Report): readonly string[] {
  const plain = report.networks.map((network) => ({
    network,
    method: network.methods.find((m) => m.method === 'plain'),
  }));
  const sentences: string[] = [];
  const [first, second] = plain;
  if (first?.method && second?.method) {
    const at = first.method.radii.length - 1;
    const [a, b] = [first.method.shares[at] ?? 0, second.method.shares[at] ?? 0];
    const verb = b > a ? 'certifies more' : b < a ? 'certifies less' : 'certifies as much';
    sentences.push(
      `Smoothed, ${printable(second.network.label)} ${verb} at r = ${shortRadius(first.method.radii[at] ?? 0)}: ${decimal(b)} against ${decimal(a)} of the images.`,
    );
  } else if (first?.method) {
    const at = Math.min(1, first.method.radii.length - 1);
    sentences.push(
      `Attacked, ${first.network.robustAtMost} of ${first.network.images} images stay right at most; smoothed, ${decimal(first.method.shares[at] ?? 0)} of the images are certified for every l2 change below ${shortRadius(first.method.radii[at] ?? 0)}.`,
    );
  }
  for (const { network } of plain) {
    const repressed = network.methods.filter(
      (m) => m.guarantee === 'unconditional' && m.differenceToPlain !== null,
    );
    for (const method of repressed) {
      const difference = method.differenceToPlain;
      if (difference === null) continue;
      const effect = !difference.significant
        ? 'changed the certified radius by nothing that these images can show'
        : difference.mean > 0
          ? 'raised the certified radius'
          : 'lowered the certified radius';
      sentences.push(
        `${titles[method.method]}, repression ${effect} (${printable(network.label)}).`,
      );
    }
  }
  return sentences.map((sentence, i) => `${i === 0 ? 'IN SHORT  ' : '          '}${sentence}`);
}
