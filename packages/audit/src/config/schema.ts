import { z } from 'zod';

/**
 * The schema of `floatpath.config.json`: what a person would otherwise write as flags. Values are flags' values, so a
 * number may also be text such as `8/255`; what the flags' own rules refuse is refused there.
 */
const quantity = z.union([z.number(), z.string()]);
const list = z.union([z.array(z.number()), z.string()]);
const count = z.int().min(0);

const audit = z.strictObject({
  models: z.array(z.string()).optional().describe('model files; none for the bundled networks'),
  data: z.string().optional().describe('labelled images, such as npz:images.npz'),
  limit: count.optional().describe('images to audit'),
  skip: count.optional().describe('images to leave out at the beginning'),
  every: count.optional().describe('take one image in so many'),
  norm: z.enum(['linf', 'l2']).optional().describe('how changes are measured'),
  epsilon: quantity.optional().describe('attack radius in input units, such as "8/255"'),
  sigma: quantity.optional().describe('standard deviation of the smoothing noise in input units'),
  n0: count.optional().describe('draws that select the label'),
  n: count.optional().describe('draws that bound its probability'),
  alpha: quantity.optional().describe('failure probability of each certificate'),
  seed: count.optional().describe('seed of all random draws'),
  bounds: list.optional().describe('range of the inputs, such as [0, 1]'),
  mean: list.optional().describe('mean that the model expects to be subtracted'),
  std: list.optional().describe('deviation that the model expects to be divided by'),
  layout: z.enum(['nchw', 'nhwc']).optional().describe('order of axes that the model expects'),
  calibration: z.array(z.string()).optional().describe('deviations for the input anchor'),
  allowInaccurate: z.boolean().optional().describe('go on with a model hardly better than chance'),
  engine: z.enum(['ort', 'ort-web', 'tfjs', 'tfjs-node', 'reference']).optional(),
  workers: count.optional().describe('threads'),
  batchSize: count.optional().describe('rows per run; changes no result'),
  out: z.string().optional().describe('folder for the report'),
  images: z.boolean().optional().describe('false leaves the failures out of report.html'),
});

const gate = z.strictObject({
  rules: z
    .array(z.string())
    .optional()
    .describe('such as "certified@0.5 >= 0.6" or "clean >= baseline"'),
  baseline: z.string().optional().describe('file that baseline rules compare with'),
  level: quantity
    .optional()
    .describe('compare lower bounds that fail with at most this probability instead of counts'),
  format: z.array(z.enum(['junit', 'sarif', 'markdown', 'github'])).optional(),
  out: z.string().optional().describe('folder for the files of the formats'),
});

export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  audit: audit.optional(),
  gate: gate.optional(),
});

export type Config = z.infer<typeof configSchema>;

/** The configuration's schema as JSON Schema, for editors. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(configSchema);
}

/** Keys of the whole and of each section. */
export const configKeys: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(configSchema.shape),
  audit: Object.keys(audit.shape),
  gate: Object.keys(gate.shape),
};
