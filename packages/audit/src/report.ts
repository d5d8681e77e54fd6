import { fileSchema } from '@floatpath/core';
import { z } from 'zod';

/**
 * The report's schema, `floatpath/report@1`. A report holds no time, host or path: two runs of the same audit write the
 * same bytes.
 */
const share = z.number().min(0).max(1);
const count = z.int().min(0);

const settings = z.strictObject({
  data: z.string().describe('name of the data set'),
  dataHash: z.string().describe('sha256 of the audited pixels, labels and indices'),
  images: count.describe('audited images'),
  seed: count,
  norm: z.enum(['linf', 'l2']),
  epsilon: z.number().min(0).describe('attack radius in input units'),
  sigma: z.number().positive().describe('standard deviation of the smoothing noise in input units'),
  n0: count.describe('draws that select the label'),
  n: count.describe('draws that bound its probability'),
  alpha: share.describe('one-sided failure probability of each certificate'),
  bounds: z.tuple([z.number(), z.number()]),
  mean: z.array(z.number()).optional(),
  std: z.array(z.number()).optional(),
  layout: z.enum(['nchw', 'nhwc']),
  attack: z.string().describe('full specification of the attack where there is a gradient'),
  smoothedAttack: z.string().describe('of the attack on the smoothed network'),
  engine: z.string().describe('engine and version that every number was computed with'),
});

const artefact = z.strictObject({
  network: z.string(),
  images: count,
  labelDisagreements: count.describe('images whose label differs between the file and our graph'),
  maxLogitDifference: z
    .number()
    .min(0)
    .describe("between the file's outputs and ours, after the Softmax that may end the file"),
  ownBytes: z
    .boolean()
    .describe('there is no graph of ours: the file itself was audited, and answered twice'),
  unchecked: z
    .string()
    .optional()
    .describe('why the program that the file was made for did not run it; absent where it did'),
});

const guarantee = z
  .enum(['unconditional', 'conditional'])
  .describe(
    'conditional: holds for the network frozen at this image, not for the deployed classifier',
  );

const methodName = z.enum([
  'plain',
  'sc-rfp-input',
  'sc-rfp-denoised',
  'denoiser-alone',
  'average-with-denoised',
  'sc-rfp-center',
]);

const certificate = z.strictObject({
  method: methodName,
  guarantee,
  arithmetic: z.enum(['grid', 'float']),
  norm: z.literal('l2'),
  sigma: z.number().positive(),
  n0: count,
  n: count,
  alpha: share,
  selection: z.array(count).describe('class counts of the n0 selection draws'),
  estimation: z.array(count).describe('class counts of the n estimation draws'),
  rejected: count.describe('draws within the rounding slack of the sampler, counted against'),
  label: count.nullable().describe('certified label, null where the certificate abstains'),
  radius: z
    .number()
    .min(0)
    .nullable()
    .optional()
    .describe('certified l2 radius, rounded down; only on unconditional rows'),
  surrogateRadius: z
    .number()
    .min(0)
    .nullable()
    .optional()
    .describe(
      'radius of the network frozen at this image; only on conditional rows; no certificate',
    ),
});

const adversarial = z.strictObject({
  status: z.enum(['success', 'failed']),
  predicted: count.describe('label of the returned input'),
  distance: z.number().min(0).describe('float64 distance in the norm of the settings'),
});

const diagnosis = z.strictObject({
  kind: z.enum(['float', 'lipschitz', 'fixed-already-wrong']),
  evidence: z.literal('segment'),
  rival: count,
  marginClean: z.number(),
  marginAdversarial: z.number(),
  fixedDrop: z.number().describe("M_fixed(x) - M_fixed(x')"),
  floatDrop: z.number().describe("M_float(x) - M_float(x')"),
  switched: z.array(count).describe('units per gate that switch somewhere on the segment'),
  units: z.array(count).describe('units per gate'),
  crossings: count,
  residual: z.number().min(0).describe('|fixed + float - output|, largest logit, both end points'),
  tolerance: z.number().min(0),
});

const smoothedLabel = z.strictObject({
  answer: count
    .nullable()
    .describe('label of the smoothed classifier, null where the test abstains'),
  n: count,
  counts: z.array(count),
});

const row = z.strictObject({
  network: z.string(),
  image: count.describe('index in the data set'),
  label: count,
  predicted: count,
  adversarial: adversarial.nullable().describe('null where the image was already wrong'),
  diagnosis: diagnosis.nullable(),
  smoothedAtAdversarial: smoothedLabel
    .nullable()
    .describe('the smoothed classifier at the adversarial input, rounded to 8 bits'),
  smoothedUnderAttack: smoothedLabel
    .nullable()
    .describe('the smoothed classifier at the input found by attacking it, rounded to 8 bits'),
  certificates: z.array(certificate),
});

const interval = z.strictObject({
  mean: z.number(),
  low: z.number(),
  high: z.number(),
  significant: z.boolean(),
});

const method = z.strictObject({
  method: methodName,
  guarantee,
  arithmetic: z.enum(['grid', 'float']),
  status: z.enum(['done', 'not-calibrated', 'not-piecewise-linear', 'one-row-at-a-time']),
  specification: z.string(),
  radii: z.array(z.number()),
  shares: z.array(share).describe('share of images right with at least this radius, rounded down'),
  average: z
    .number()
    .min(0)
    .nullable()
    .describe('average radius over all images, 0 where wrong or abstained'),
  ceiling: share
    .nullable()
    .describe('share of images whose radius is the largest that n draws allow'),
  differenceToPlain: interval
    .nullable()
    .describe('mean radius difference on the same draws with its paired 95 % bootstrap interval'),
  differencesToControls: z
    .array(interval.extend({ control: methodName }))
    .optional()
    .describe(
      'the same to what the denoiser of a denoised anchor gives without repression; absent where a method has no controls',
    ),
});

const networkSummary = z.strictObject({
  id: z.string(),
  label: z.string(),
  hash: z.string().describe('sha256 of the file and its preprocessing'),
  images: count,
  pathAnalysis: z.string().nullable().describe('why paths cannot be told; null where they can'),
  attack: z.string().describe('full specification of the attack'),
  smoothedAttack: z
    .string()
    .nullable()
    .describe('attack on the smoothed network; null without a gradient to climb'),
  cleanRight: count,
  robustAtMost: count.describe('images still right under the attack'),
  failures: count,
  kinds: z.strictObject({ lipschitz: count, float: count, fixedAlreadyWrong: count }),
  fixedShare: z
    .number()
    .nullable()
    .describe('share of the summed margin loss that the fixed paths carry'),
  switchedShare: z.array(share).describe('mean share of units per gate that switch on the segment'),
  residual: z.number().min(0),
  tolerance: z.number().min(0),
  sumLawHolds: z.boolean(),
  repaired: z.strictObject({
    all: count,
    lipschitz: count,
    float: count,
    fixedAlreadyWrong: count,
  }),
  smoothedRight: count,
  smoothedRobustAtMost: count
    .nullable()
    .describe('null where the smoothed network was not attacked'),
  methods: z.array(method),
});

const comparison = z.strictObject({
  first: z.string(),
  second: z.string(),
  method: z.literal('plain'),
  radius: z.number().min(0),
  onlyFirst: count.describe('images certified at this radius by the first network only'),
  onlySecond: count,
  pValue: share.describe('exact McNemar test on the same images and draws'),
  significant: z.boolean().describe('p <= .05'),
});

const report = z.strictObject({
  schema: z.literal(fileSchema.report),
  tool: z.strictObject({ name: z.literal('floatpath'), version: z.string() }),
  complete: z
    .boolean()
    .describe('false where the audit was interrupted: only finished rows are in'),
  settings,
  artefact: z.array(artefact),
  networks: z.array(networkSummary),
  comparisons: z.array(comparison).describe('each later network against the first one'),
  rows: z.array(row),
});

export const reportSchema: z.ZodType<Report> = report;

export type Report = z.infer<typeof report>;
export type ReportSettings = z.infer<typeof settings>;
export type ReportRow = z.infer<typeof row>;
export type ReportCertificate = z.infer<typeof certificate>;
export type ReportDiagnosis = z.infer<typeof diagnosis>;
export type ReportArtefact = z.infer<typeof artefact>;
export type NetworkSummary = z.infer<typeof networkSummary>;
export type NetworkComparison = z.infer<typeof comparison>;
export type MethodSummary = z.infer<typeof method>;

/** The report's schema as JSON Schema, for readers in other languages. */
export function reportJsonSchema(): unknown {
  return z.toJSONSchema(report);
}
