import { fileURLToPath } from 'node:url';

export interface BundledModel {
  /** Column heading. */
  readonly label: string;
  readonly file: string;
  readonly calibration: string;
}

const asset = (path: string): string =>
  fileURLToPath(new URL(`../assets/${path}`, import.meta.url));

const bundled = (label: string, name: string): BundledModel => ({
  label,
  file: asset(`models/${name}.onnx`),
  calibration: asset(`calibration/${name}.json`),
});

/** The networks that are audited where nobody names one; assets/README.md says how they were made. */
export const bundledModels: readonly BundledModel[] = [
  bundled('clean-trained', 'mnist-cnn-sigma0'),
  bundled('noise-trained (.25)', 'mnist-cnn-sigma0.25'),
];
