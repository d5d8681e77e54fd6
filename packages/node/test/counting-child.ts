// Certifies images of a small classifier into the counts file argv[2], slowly enough to be killed on the way.
import { float32Tensor, type Classifier } from '@floatpath/core';
import { countDraws, integerGaussian, labelCounter } from '@floatpath/smoothing';
import { openCountsFile } from '../src/counts-on-disk.js';
import { childHeader, childImages } from './counting-child-header.js';

const classifier: Classifier = {
  inputShape: [2],
  classes: 2,
  bounds: [0, 1],
  logits: (x) => Promise.resolve(x),
};
const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });
const counter = labelCounter([{ name: 'f', classifier }]);
const file = await openCountsFile(process.argv[2] as string, childHeader, { resume: true });
const done = new Set(file.rows.map(({ image, purpose }) => `${image} ${purpose}`));
for (let image = 0; image < childImages; image += 1) {
  const x = float32Tensor([1, 2], [0.5, (image % 7) / 7]);
  for (const [purpose, n] of [
    ['selection', 20],
    ['estimation', 200],
  ] as const) {
    if (done.has(`${image} ${purpose}`)) continue;
    const draws = await countDraws(counter, x, {
      noise,
      purpose,
      image,
      seed: 0,
      n,
      batchSize: 50,
    });
    const counts = Array.from(draws.counts[0] as Uint32Array);
    await file.append([
      { image, label: 0, purpose, from: 0, n, rejected: draws.rejected, counts, offGrid: 0 },
    ]);
  }
}
await file.finish();
