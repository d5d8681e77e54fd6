import { element, escapeMarkup } from '../figures/markup.js';

/** Words of a report, in the order in which it uses them. */
const words: readonly (readonly [string, string])[] = [
  [
    'margin',
    'The logit of the true class minus that of its rival, the class that wins at the adversarial version. The network is wrong there because it is below 0.',
  ],
  [
    'fixed path',
    'A way from the image to the output through neurons none of which switched anywhere between the image and its adversarial version. All fixed paths together are an affine function there.',
  ],
  ['float path', 'A way through at least one neuron that switched.'],
  [
    'Lipschitz vulnerability',
    'The fixed paths alone lose the label: they react too strongly to the change, with no neuron switching.',
  ],
  [
    'float neuron vulnerability',
    'The fixed paths alone keep the label: the network fails because of the paths through neurons that switched.',
  ],
  [
    'smoothed network',
    'The label that the network gives most often when Gaussian noise is added to the image. It needs many passes per answer.',
  ],
  [
    'at most',
    'An attack found the other images. A better attack may find more; it cannot find fewer.',
  ],
  [
    'certified',
    'Proved, up to the failure probability alpha per image: every 8-bit image closer than the radius in l2 gets the same label from the smoothed network.',
  ],
  [
    'unconditional',
    'The certificate is about the smoothed network as it is deployed, whatever input it is given.',
  ],
  [
    'conditional',
    'The number is about another network, frozen at this one image. It says nothing about the answers of what is deployed, so it is no certificate and is called a surrogate radius.',
  ],
  [
    'denoiser alone, average with denoised',
    'What the denoiser of the denoised anchor gives where nothing is repressed. A gain over plain smoothing that these have too is none of repression.',
  ],
  [
    'grid',
    'Images and noise are whole numbers of 8-bit steps, so that the certificate holds in the arithmetic that the machine really does.',
  ],
  [
    'ACR',
    'Average certified radius: the mean over all images, 0 where the label is wrong or not certified.',
  ],
];

export function glossaryHtml(): string {
  const items = words.flatMap(([word, meaning]) => [
    element('dt', {}, escapeMarkup(word)),
    element('dd', {}, escapeMarkup(meaning)),
  ]);
  return element('section', { 'aria-labelledby': 'words' }, [
    element('h2', { id: 'words' }, 'WORDS'),
    element('dl', {}, items),
  ]);
}
