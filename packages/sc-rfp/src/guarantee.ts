import type { Guarantee } from '@floatpath/core';

/**
 * What a radius of each anchor's repressed network holds for. Unconditional: the partition is a function of the noisy
 * input alone, so the smoothing theorem applies to the network that is deployed. Conditional: the partition comes from
 * the center x, so the number speaks of the network frozen at this x and of no other.
 */
const guarantees = {
  input: 'unconditional',
  global: 'unconditional',
  denoised: 'unconditional',
  center: 'conditional',
  'signs-at-x': 'conditional',
} as const satisfies Readonly<Record<string, Guarantee>>;

export type AnchorKind = keyof typeof guarantees;

/** What radii of networks repressed with this anchor hold for. */
export function guaranteeOf<K extends AnchorKind>(anchor: {
  readonly kind: K;
}): (typeof guarantees)[K] {
  return guarantees[anchor.kind];
}
