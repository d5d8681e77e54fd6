import { float32Tensor, type Attack } from '@floatpath/core';

/** Eleven normalized gradient steps on the margin, kept in the l2 ball and the bounds; one row. */
export const stepAttack: Attack = {
  name: 'eleven steps',
  async run(classifier, x, criterion, region) {
    if (criterion.kind !== 'untargeted' || region.kind !== 'ball' || !classifier.gradient) {
      throw new Error('stepAttack: untargeted, in a ball, with gradients');
    }
    const { labels } = criterion;
    const steps = 11;
    const move = new Float64Array(x.data.length);
    const at = () => {
      const length = Math.hypot(...move);
      const scale = Math.min(1, (region.epsilon * (1 - 1e-6)) / Math.max(length, 1e-12));
      const [low, high] = classifier.bounds;
      return float32Tensor(
        x.shape,
        x.data.map((v, i) => Math.min(high, Math.max(low, v + scale * (move[i] as number)))),
      );
    };
    for (let step = 0; step < steps; step += 1) {
      const { gradient } = await classifier.gradient(at(), { kind: 'margin', labels });
      const length = Math.hypot(...gradient.data);
      gradient.data.forEach((g, i) => {
        move[i] = (move[i] as number) + (0.4 * region.epsilon * g) / Math.max(length, 1e-12);
      });
    }
    return {
      adversarial: at(),
      rows: [{ status: 'failed', predicted: labels[0] as number, distance: 0 }],
      queries: { forward: steps, backward: steps },
      warnings: [],
    };
  },
};
