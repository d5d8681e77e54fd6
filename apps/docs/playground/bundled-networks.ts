import clean from '../../cli/assets/models/mnist-cnn-sigma0.onnx?url';
import noisy from '../../cli/assets/models/mnist-cnn-sigma0.25.onnx?url';
import cleanCalibration from '../../cli/assets/calibration/mnist-cnn-sigma0.json?url';
import noisyCalibration from '../../cli/assets/calibration/mnist-cnn-sigma0.25.json?url';

export interface BundledNetwork {
  readonly id: string;
  readonly title: string;
  readonly model: string;
  readonly calibration: string;
}

/** The two networks of `floatpath audit` without arguments. */
export const bundledNetworks: readonly BundledNetwork[] = [
  {
    id: 'mnist-cnn-sigma0',
    title: 'MNIST, trained on clean digits',
    model: clean,
    calibration: cleanCalibration,
  },
  {
    id: 'mnist-cnn-sigma0.25',
    title: 'MNIST, trained with noise (sigma .25)',
    model: noisy,
    calibration: noisyCalibration,
  },
];

/** The files of a bundled network. */
export async function fetchBundled(
  network: BundledNetwork,
): Promise<{ bytes: Uint8Array; calibration: string }> {
  const load = async (address: string): Promise<Response> => {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${network.title}: the site answered ${response.status}`);
    return response;
  };
  const [model, calibration] = await Promise.all([load(network.model), load(network.calibration)]);
  return {
    bytes: new Uint8Array(await model.arrayBuffer()),
    calibration: await calibration.text(),
  };
}
