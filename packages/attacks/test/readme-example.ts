import { pgd, restarts } from '@floatpath/attacks';
import { float32Tensor, type Classifier, type Float32Tensor } from '@floatpath/core';

// Anything with logits and a gradient; @floatpath/engine makes one from a model file.
// Here: label 0 where the one pixel is above .5.
const answer = (x: Float32Tensor) =>
  float32Tensor(
    [x.data.length, 2],
    Array.from(x.data).flatMap((v) => [v, 0.5]),
  );
const classifier: Classifier = {
  inputShape: [1],
  classes: 2,
  bounds: [0, 1],
  logits: (x) => Promise.resolve(answer(x)),
  gradient: (x) => {
    const gradient = float32Tensor(x.shape, new Float32Array(x.data.length).fill(-1));
    return Promise.resolve({ logits: answer(x), gradient });
  },
};
const attack = restarts(pgd({ steps: 40, objective: 'margin' }), 5);
const result = await attack.run(
  classifier,
  float32Tensor([2, 1], [0.55, 0.9]),
  { kind: 'untargeted', labels: Int32Array.of(0, 0) },
  { kind: 'ball', norm: 'linf', epsilon: 0.1 },
  { seed: 0, images: Uint32Array.of(0, 1), batchSize: 256 },
);
export const statuses = result.rows.map((row) => row.status);
