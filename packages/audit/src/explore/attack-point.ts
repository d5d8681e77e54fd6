import { pgd, restarts } from '@floatpath/attacks';
import type { Float32Tensor, Norm, RunOptions } from '@floatpath/core';
import type { ExploredModel } from './explored-model.js';

export interface PointAttack {
  readonly label: number;
  readonly norm: Norm;
  /** In input units. */
  readonly epsilon: number;
  readonly seed: number;
}

/** The most damaging input that was found inside the ball. */
export interface AttackedPoint {
  readonly adversarial: Float32Tensor;
  readonly status: 'success' | 'failed' | 'already-wrong';
  readonly predicted: number;
  readonly distance: number;
  readonly logits: Float32Array;
  readonly warnings: readonly string[];
}

/** The audit's attack: PGD on the margin, 40 steps, 5 restarts. */
const attack = restarts(pgd({ steps: 40, relativeStep: 0.1, objective: 'margin' }), 5);

/**
 * Attacks one input.
 *
 * @throws {FloatpathError} as `Attack.run`
 */
export async function attackPoint(
  { classifier }: ExploredModel,
  x: Float32Tensor,
  { label, norm, epsilon, seed }: PointAttack,
  options: RunOptions = {},
): Promise<AttackedPoint> {
  const result = await attack.run(
    classifier,
    x,
    { kind: 'untargeted', labels: Int32Array.of(label) },
    { kind: 'ball', norm, epsilon },
    { seed, images: Uint32Array.of(0), batchSize: 8, ...options },
  );
  const [row] = result.rows;
  const { data } = await classifier.logits(result.adversarial);
  return {
    adversarial: result.adversarial,
    status: row?.status ?? 'failed',
    predicted: row?.predicted ?? label,
    distance: row?.distance ?? 0,
    logits: data,
    warnings: result.warnings.map(({ message }) => message),
  };
}
