// tfjs-core alone brings no gradients; they go into the registry that every copy of it shares.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { fillNormal, fillUniform, type StreamKey } from '@floatpath/core';
import type * as tfjs from '@tensorflow/tfjs-core';
import { CLASSES, createLayers, logitsOf, SIZE, type Layer } from './architecture.js';

/** Images in [0, 1], 784 numbers each, with their labels. */
export interface Digits {
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

export interface Training {
  /** Deviation of the Gaussian noise added to every image every time it is seen; 0 trains on clean images. */
  readonly sigma: number;
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Falls to zero along a line. */
  readonly learningRate: number;
}

const PIXELS = SIZE * SIZE;

/** Streams of their own, so that no certificate ever sees the bits of training: lane 0 belongs to calibration. */
const lanes = { weights: 1, order: 2, noise: 3 } as const;

const streamOf = (seed: number, lane: number, draw = 0): StreamKey => ({
  seed,
  purpose: 'calibration',
  image: 0,
  draw,
  lane,
});

/** A permutation of `count` numbers: sorted by uniform draws. */
function shuffled(count: number, stream: StreamKey): Int32Array {
  const keys = new Float64Array(count);
  fillUniform(keys, stream);
  return Int32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => (keys[a] as number) - (keys[b] as number),
  );
}

/**
 * Trains by stochastic gradient descent with momentum 0.9. On one backend the same training gives the same bits: order,
 * noise and first weights come from counter-based streams.
 *
 * @param onEpoch - told the mean loss of every epoch
 */
export function fit(
  tf: typeof tfjs,
  { images, labels }: Digits,
  training: Training,
  onEpoch: (epoch: number, loss: number) => void = () => undefined,
): readonly Layer[] {
  const { sigma, seed, epochs, batchSize, learningRate } = training;
  const net = createLayers(tf, streamOf(seed, lanes.weights));
  const variables = net.flatMap(({ weights, bias }) => [weights, bias]);
  const optimizer = tf.train.momentum(learningRate, 0.9);
  const batches = Math.floor(labels.length / batchSize);
  const x = new Float32Array(batchSize * PIXELS);
  const y = new Float32Array(batchSize * CLASSES);
  const noise = new Float32Array(PIXELS);
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    const order = shuffled(labels.length, streamOf(seed, lanes.order, epoch));
    let total = 0;
    for (let batch = 0; batch < batches; batch += 1) {
      y.fill(0);
      for (let row = 0; row < batchSize; row += 1) {
        const image = order[batch * batchSize + row] as number;
        x.set(images.subarray(image * PIXELS, (image + 1) * PIXELS), row * PIXELS);
        y[row * CLASSES + (labels[image] as number)] = 1;
        if (sigma === 0) continue;
        fillNormal(noise, 0, PIXELS, { ...streamOf(seed, lanes.noise, epoch), image });
        for (let i = 0; i < PIXELS; i += 1)
          x[row * PIXELS + i] = (x[row * PIXELS + i] as number) + sigma * (noise[i] as number);
      }
      optimizer.setLearningRate(
        learningRate * (1 - (epoch * batches + batch) / (epochs * batches)),
      );
      total += tf.tidy(() => {
        const inputs = tf.tensor(x, [batchSize, SIZE, SIZE, 1]);
        const targets = tf.tensor(y, [batchSize, CLASSES]);
        const loss = optimizer.minimize(
          () => tf.losses.softmaxCrossEntropy(targets, logitsOf(tf, net, inputs)),
          true,
          variables,
        );
        return (loss?.dataSync()[0] ?? NaN) / batches;
      });
    }
    onEpoch(epoch, total);
  }
  optimizer.dispose();
  return net;
}

/** Number of images whose largest logit is their label's. */
export function countRight(
  tf: typeof tfjs,
  net: readonly Layer[],
  { images, labels }: Digits,
): number {
  return tf.tidy(() => {
    const logits = logitsOf(tf, net, tf.tensor(images, [labels.length, SIZE, SIZE, 1]));
    const predicted = tf.argMax(logits, 1).dataSync();
    return labels.reduce((sum, label, i) => sum + (label === predicted[i] ? 1 : 0), 0);
  });
}
