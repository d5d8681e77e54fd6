/** A column of rows.tsv. */
export interface RowColumn {
  readonly name: string;
  /** What stands in it, in a sentence of Markdown. */
  readonly meaning: string;
}

/** The columns of rows.tsv in their order; the docs' table is made of them. */
export const rowColumns = [
  { name: 'network', meaning: 'name of the network' },
  { name: 'image', meaning: 'index of the image in its data set' },
  { name: 'label', meaning: 'its true label' },
  { name: 'predicted', meaning: 'label that the shipped network gives it' },
  {
    name: 'attack',
    meaning: '`success`, `failed` (nothing found: no proof) or `already-wrong` (not attacked)',
  },
  { name: 'adversarial', meaning: 'label of the input that the attack returned' },
  {
    name: 'distance',
    meaning: 'its distance from the image, float64, in the norm of the settings',
  },
  {
    name: 'diagnosis',
    meaning: '`float`, `lipschitz` or `fixed-already-wrong`; only where the attack succeeded',
  },
  { name: 'rival', meaning: 'class that won instead' },
  { name: 'fixed_drop', meaning: 'margin that the fixed paths lost on the way' },
  { name: 'float_drop', meaning: 'margin that the float paths lost; may be negative' },
  { name: 'crossings', meaning: 'places on the way where a neuron switches' },
  {
    name: 'smoothed_at_adversarial',
    meaning: 'label that the smoothed network gives the adversarial input, or `abstain`',
  },
  {
    name: 'smoothed_under_attack',
    meaning: 'its label at the input found by attacking it, or `abstain`',
  },
  {
    name: 'method',
    meaning:
      '`plain`, `sc-rfp-input`, `sc-rfp-denoised`, its controls `denoiser-alone` and `average-with-denoised`, or `sc-rfp-center`',
  },
  {
    name: 'guarantee',
    meaning:
      '`unconditional`: holds for what is deployed; `conditional`: for the network frozen at this image only, no certificate',
  },
  {
    name: 'arithmetic',
    meaning: '`grid`: sound in floating point; `float`: not sound in floating point',
  },
  { name: 'sigma', meaning: 'standard deviation of the noise, in input units' },
  { name: 'n0', meaning: 'draws that select the label' },
  { name: 'n', meaning: 'draws that bound its probability' },
  { name: 'alpha', meaning: 'failure probability of the certificate' },
  { name: 'top_count', meaning: 'of the n draws, those that gave the selected label' },
  {
    name: 'certified_label',
    meaning: 'label that is certified, or `abstain`; empty on conditional rows',
  },
  {
    name: 'certified_radius',
    meaning: 'l2 radius, rounded down; empty on conditional rows and where it abstains',
  },
  {
    name: 'surrogate_label',
    meaning: 'label of the frozen network, or `abstain`; only on conditional rows',
  },
  {
    name: 'surrogate_radius',
    meaning: 'radius of the frozen network; only on conditional rows; certifies nothing',
  },
] as const satisfies readonly RowColumn[];
