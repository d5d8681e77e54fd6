import type { Pieces } from '@floatpath/engine';
import { pieceAt } from '../selected.js';
import { envelopeOf, touch, type Envelope } from './envelope.js';

/** Lines below and above every unit of a gate that looks at one pre-activation: slope * z + offset. */
export interface GateLines {
  readonly kind: 'lines';
  readonly lowSlope: Float64Array;
  readonly lowOffset: Float64Array;
  readonly highSlope: Float64Array;
  readonly highOffset: Float64Array;
  /** Of the units that are not fixed: what other slopes they may have. */
  readonly envelopes: ReadonlyMap<number, OpenUnit>;
}

export interface OpenUnit {
  readonly envelope: Envelope;
  /** Taken off lower and added to upper offsets: roundoff of the lines and of the gate's own evaluation. */
  readonly slack: number;
}

/**
 * The lines of a gate, given sound bounds of its pre-activations. A unit whose bounds lie in one piece has that piece as
 * both of its lines; others have the middle slopes of their envelopes.
 *
 * An offset is the least (greatest) of g(p) - slope p over the ends and breakpoints p, which holds for any slope because g minus
 * the line is piecewise linear; so only its rounding needs room: kappa (2 S Z + C), with S the steepest slope, Z the largest |z| and C
 * the largest offset of a piece.
 */
export function linesOf(
  units: number,
  piecesOf: (unit: number) => Pieces,
  low: Float64Array,
  high: Float64Array,
  kappa: number,
): GateLines {
  const lines = {
    lowSlope: new Float64Array(units),
    lowOffset: new Float64Array(units),
    highSlope: new Float64Array(units),
    highOffset: new Float64Array(units),
  };
  const envelopes = new Map<number, OpenUnit>();
  for (let unit = 0; unit < units; unit += 1) {
    const pieces = piecesOf(unit);
    const [l, h] = [low[unit] as number, high[unit] as number];
    const [from, to] = [pieceAt(pieces, l), pieceAt(pieces, h)];
    const largest = Math.max(Math.abs(l), Math.abs(h));
    if (from === to) {
      const slope = pieces.slopes[from] as number;
      const offset = pieces.offsets[from] as number;
      const slack = kappa * (Math.abs(slope) * largest + Math.abs(offset));
      lines.lowSlope[unit] = slope;
      lines.highSlope[unit] = slope;
      lines.lowOffset[unit] = offset - slack;
      lines.highOffset[unit] = offset + slack;
      continue;
    }
    const envelope = envelopeOf(pieces, l, h, from, to);
    const steepest = Math.max(...pieces.slopes.map(Math.abs));
    const slack = kappa * (2 * steepest * largest + Math.max(...pieces.offsets.map(Math.abs)));
    envelopes.set(unit, { envelope, slack });
    const { points, values, below, above } = envelope;
    lines.lowSlope[unit] = below.middle;
    lines.lowOffset[unit] = touch(points, values, below.middle, 1).offset - slack;
    lines.highSlope[unit] = above.middle;
    lines.highOffset[unit] = touch(points, values, above.middle, -1).offset + slack;
  }
  return { kind: 'lines', ...lines, envelopes };
}
