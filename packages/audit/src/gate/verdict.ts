import { z } from 'zod';

export const gateSchemaName = 'floatpath/gate@1';

const count = z.int().min(0);
const share = z.number().min(0).max(1);

const common = {
  rule: z.string().describe('as it was written'),
  network: z.string().describe('id of the network in the report'),
  label: z.string().describe('its name'),
  passed: z.boolean(),
  right: count.describe('images that count for the rule'),
  images: count,
};

const threshold = z.strictObject({
  kind: z.literal('threshold'),
  ...common,
  share: share.describe('that is demanded'),
  needed: count.describe('smallest count that is this share of the images'),
  lowerBound: share
    .nullable()
    .describe('exact Clopper-Pearson bound that was compared instead of the count, if asked for'),
});

const drop = z.strictObject({
  kind: z.literal('baseline'),
  ...common,
  before: count.describe('images that counted in the baseline'),
  lost: count.describe('images that counted in the baseline only'),
  gained: count.describe('images that count now only'),
  pValue: share.describe('one-sided exact McNemar test'),
  adjustedPValue: share.describe('Holm over all comparisons of this gate'),
  smallestDrop: z
    .strictObject({
      lost: count.describe('images lost, with the images gained as they were'),
      net: z.int().describe('lost less gained'),
    })
    .nullable()
    .describe('smallest loss that would have failed; null where no loss could'),
});

const verdict = z.strictObject({
  schema: z.literal(gateSchemaName),
  tool: z.strictObject({ name: z.literal('floatpath'), version: z.string() }),
  passed: z.boolean(),
  data: z.string(),
  boundLevel: share
    .nullable()
    .describe('failure probability of each lower bound; null where counts were compared'),
  familyLevel: share.describe('probability of any false alarm among the comparisons'),
  outcomes: z.array(z.discriminatedUnion('kind', [threshold, drop])),
  notes: z.array(z.string()),
});

export type Verdict = z.infer<typeof verdict>;
export type Outcome = Verdict['outcomes'][number];
export type ThresholdOutcome = z.infer<typeof threshold>;
export type DropOutcome = z.infer<typeof drop>;

export const verdictSchema: z.ZodType<Verdict> = verdict;

/** The verdict's schema as JSON Schema, for readers in other languages. */
export function verdictJsonSchema(): unknown {
  return z.toJSONSchema(verdict);
}
