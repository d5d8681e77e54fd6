import { readFileSync, writeFileSync } from 'node:fs';
import { experimentPage, type Results, type Round } from './page.js';
import { readPlan } from './plan.js';
import { readSecondPlan } from './second/plan.js';
import { readThirdPlan } from './third/plan.js';

const PAGE = new URL('../../apps/docs/find-a-better-one.md', import.meta.url);

const results = (name: string): Results =>
  JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')) as Results;

/** Every round, the latest first, from the results that are kept. */
export function rounds(): readonly Round[] {
  return [
    {
      title: 'Third round: the partition in richer ways',
      about:
        'Eight designs in which distances from the switch, switches that differ at z and a(z), and the share of float units of an image enter more richly, each with its mixture blind to the partition as a control. The rate of training was chosen by plain alone; training protects the accuracy without noise, alike for all. One design per network goes on to the report images.',
      reading:
        'On the MNIST network the reported design weighs the logits at z and at a(z) by how float the image is. With as many images right it beats plain smoothing, plain trained as long and the trained average, but not the denoiser alone trained as long, and not significantly the same two logits with weights that are blind to the partition. On CIFAR-10 the reported design beats plain trained as long and nothing else. On both, what gains is the denoiser in front of, or beside, a network that is trained with it; the partition is a function of the same two looks, and what it adds is less than .001 wherever it was reported. CIFAR-10 says less than MNIST: plain stood only the smaller rate, in 40 steps of which the means of the numbers of designs moved by at most .01 from where most designs equal their blind mixtures, and its report images had been seen in the earlier rounds, so that even a gain would have had to be repeated on new ones.',
      plan: 'experiments/plan-3.json',
      designs: readThirdPlan().designs,
      results: results('results-3.json'),
    },
    {
      title: 'Second round: everything trained',
      about:
        'Every design is trained through its own forward, all layers and its own numbers, and so is every control with as many steps on the same noisy images. One design per network goes on to the report images.',
      reading:
        'On the MNIST network a unit that gives a trained mixture of its output at z and of the one at a(z), layer by layer, beats plain smoothing and the three usual controls (plain, the denoiser alone, the average of logits, all trained as long) with one image fewer right without noise. It does not beat the same mixture with shares that are blind to the distance from the switch: what gains is the mixing inside the network, and the partition adds nothing to it. On CIFAR-10 the planned rate was too large: every trained network that is reported, controls included, has a smaller radius than the network as shipped, so this round says little there, and its 130 test images were the last that nobody had looked at.',
      plan: 'experiments/plan-2.json',
      designs: readSecondPlan().designs,
      results: results('results-2.json'),
    },
    {
      title: 'First round',
      about:
        'Designs on the networks as they are, and one whose last two layers are fine-tuned. Two designs per network go on to the report images.',
      reading:
        'Nothing beat all of its controls. Closest came the last two layers trained through the repressed forward, on the MNIST network: better than plain, trained as long, and worse than the average of logits, trained as long.',
      plan: 'experiments/plan.json',
      designs: readPlan().designs,
      results: results('results.json'),
    },
  ];
}

export function writePage(): void {
  writeFileSync(PAGE, experimentPage(rounds()));
}
