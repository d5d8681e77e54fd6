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

export interface FetchedNetwork {
  readonly bytes: Uint8Array;
  readonly calibration: string;
}

async function load(network: BundledNetwork, address: string): Promise<Response> {
  const response = await fetch(address).catch(() => undefined);
  if (response?.ok) return response;
  const why = response ? `it answered ${response.status}` : 'it cannot be reached';
  throw new Error(`${network.title}: expected its file from this site, but ${why}`);
}

/** The bundled networks, each fetched once. */
export function bundledFiles(): (network: BundledNetwork) => Promise<FetchedNetwork> {
  const fetched = new Map<string, FetchedNetwork>();
  return async (network) => {
    const known = fetched.get(network.id);
    if (known) return known;
    const [model, calibration] = await Promise.all([
      load(network, network.model),
      load(network, network.calibration),
    ]);
    const files = {
      bytes: new Uint8Array(await model.arrayBuffer()),
      calibration: await calibration.text(),
    };
    fetched.set(network.id, files);
    return files;
  };
}
