import type { Settings } from './protocol.js';

/** What an address holds: settings, never images or models. */
export interface Shared extends Settings {
  /** A bundled network, and the digit that is looked at. */
  readonly network: string;
  readonly digit: number;
}

export const defaultShared: Shared = {
  network: 'mnist-cnn-sigma0',
  digit: 7,
  norm: 'l2',
  epsilon: 1,
  sigma: 0.25,
  n: 1000,
  around: 'ball',
};

const ranges = { digit: [0, 9], epsilon: [0, 20], sigma: [0.01, 2], n: [100, 100_000] } as const;

/** Reads an address's hash; what is missing or out of range is the default. */
export function readPermalink(hash: string, networks: readonly string[]): Shared {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const number = (key: keyof typeof ranges): number => {
    const text = given.get(key);
    const value = text === null ? Number.NaN : Number(text);
    const [low, high] = ranges[key];
    return value >= low && value <= high ? value : defaultShared[key];
  };
  const word = <W extends string>(key: keyof Shared, known: readonly W[], otherwise: W): W =>
    known.find((one) => one === given.get(key)) ?? otherwise;
  return {
    network: word('network', networks, defaultShared.network),
    digit: Math.trunc(number('digit')),
    norm: word('norm', ['linf', 'l2', 'l1'], defaultShared.norm),
    epsilon: number('epsilon'),
    sigma: number('sigma'),
    n: Math.trunc(number('n')),
    around: word('around', ['ball', 'noise'], defaultShared.around),
  };
}

export function writePermalink(shared: Shared): string {
  const entries = Object.entries(shared).map(([key, value]) => [key, String(value)]);
  return `#${new URLSearchParams(entries).toString()}`;
}
