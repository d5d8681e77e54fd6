import { z } from 'zod';

/**
 * The schema of an explanation, `floatpath/explanation@1`: why a network fails on given images. Like a report it holds no time,
 * host or path.
 */
const count = z.int().min(0);
const share = z.number().min(0).max(1);

const settings = z.strictObject({
  model: z.string(),
  hash: z.string().describe('sha256 of the file and its preprocessing'),
  data: z.string(),
  dataHash: z.string().describe('sha256 of the explained pixels, labels and indices'),
  images: count,
  seed: count,
  norm: z.enum(['linf', 'l2', 'l1']).nullable(),
  epsilon: z.number().positive().nullable().describe('attack radius in input units'),
  adversarial: z.string().describe('specification of the attack, or the file with sha256'),
  neighborhood: z.enum(['segment', 'ball']),
  evidence: z.enum(['segment', 'compared', 'proved']),
  proof: z.enum(['interval', 'crown', 'alpha-crown']).nullable().describe('bounds of a proof'),
  bounds: z.tuple([z.number(), z.number()]),
  mean: z.array(z.number()).optional(),
  std: z.array(z.number()).optional(),
  layout: z.enum(['nchw', 'nhwc']),
  engine: z.string(),
});

const both = z.strictObject({ clean: z.number(), adversarial: z.number() });

const ledgerRow = z.strictObject({
  unit: z.string(),
  weight: z.number().describe('paths from the unit to the margin through fixed units only'),
  clean: z.number().describe('output of the unit at the image'),
  adversarial: z.number().describe('and at the adversarial version'),
  share: z.number().describe('weight (clean - adversarial)'),
});

const failure = z.strictObject({
  rival: count,
  kind: z
    .enum(['float', 'lipschitz', 'fixed-already-wrong'])
    .nullable()
    .describe('null for a tie within rounding on the engine'),
  margin: both,
  sumLaw: z
    .strictObject({ residual: z.number(), tolerance: z.number(), holds: z.boolean() })
    .nullable(),
  ledger: z.strictObject({
    drop: z.number(),
    fixed: z.number(),
    rows: z.array(ledgerRow).describe('the largest; all are in ledger.tsv'),
    others: z.strictObject({ count, share: z.number() }),
    gates: z.array(
      z.strictObject({ gate: z.string(), float: count, units: count, share: z.number() }),
    ),
    channels: z
      .array(z.strictObject({ gate: z.string(), channel: count, float: count, share: z.number() }))
      .optional()
      .describe('the channels whose float units lost most, largest first; gates over images only'),
    residual: z.number().min(0),
    ulps: z.number().min(0).describe('residual in float64 ulps of the sum of |rows|'),
  }),
  kinks: z
    .strictObject({
      crossings: count,
      rows: count,
      start: z.number().describe("M'(0+)"),
      change: z.number(),
      residual: z.number().min(0),
      ulps: z.number().min(0),
    })
    .nullable()
    .describe('only on segments'),
  flipBack: z.strictObject({
    kind: z.enum(['found', 'none-found-from-all', 'none']),
    units: z.array(z.string()).nullable(),
    minimum: z.enum(['proved', 'not-known']).nullable(),
    candidates: count,
  }),
});

const row = z.strictObject({
  image: count.describe('index in the data set'),
  label: count,
  predicted: count,
  status: z
    .enum([
      'failure',
      'already-wrong',
      'not-broken',
      'outside-ball',
      'not-in-file',
      'tie-in-float64',
    ])
    .describe('only failures are explained'),
  adversarial: z
    .strictObject({
      predicted: count,
      linf: z.number().min(0),
      l2: z.number().min(0),
      l1: z.number().min(0),
    })
    .nullable(),
  failure: failure.nullable(),
});

const interval = z.strictObject({
  mean: z.number(),
  low: z.number().nullable().describe('null below 6 failures, of which a bootstrap says nothing'),
  high: z.number().nullable(),
});
const exactShare = z.strictObject({
  count,
  of: count,
  share: share.nullable(),
  low: share,
  high: share,
});

const summary = z.strictObject({
  right: count,
  failures: count,
  kinds: z.strictObject({
    float: exactShare,
    lipschitz: exactShare,
    fixedAlreadyWrong: exactShare,
    ties: count,
  }),
  drop: interval.nullable().describe('mean lost margin per failure, 95 % bootstrap interval'),
  fixed: interval.nullable().describe('of it lost by the fixed paths'),
  gates: z.array(
    z.strictObject({
      gate: z.string(),
      units: count,
      float: z.number().describe('mean number of float units'),
      share: interval.describe('mean of the lost margin that its float units lost'),
    }),
  ),
  flipBack: z.strictObject({
    found: exactShare,
    provedMinimum: count,
    noneFoundFromAll: count,
    none: count,
    sizes: z.strictObject({ least: count, median: z.number(), most: count }).nullable(),
  }),
  largestUlps: z.strictObject({ ledger: z.number(), kinks: z.number() }),
  sumLawHolds: z.boolean(),
});

const explanation = z.strictObject({
  schema: z.literal('floatpath/explanation@1'),
  tool: z.strictObject({ name: z.literal('floatpath'), version: z.string() }),
  complete: z.boolean(),
  settings,
  summary,
  rows: z.array(row),
});

export const explanationSchema: z.ZodType<Explanation> = explanation;

export type Explanation = z.infer<typeof explanation>;
export type ExplanationSettings = z.infer<typeof settings>;
export type ExplanationSummary = z.infer<typeof summary>;
export type ExplanationRow = z.infer<typeof row>;
export type ExplainedFailure = z.infer<typeof failure>;
export type ExactShare = z.infer<typeof exactShare>;
export type MeanInterval = z.infer<typeof interval>;

/** The schema as JSON Schema, for readers in other languages. */
export function explanationJsonSchema(): unknown {
  return z.toJSONSchema(explanation);
}
