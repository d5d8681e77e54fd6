import { existsSync } from 'node:fs';
import type { Config } from '@floatpath/audit';
import { FloatpathError } from '@floatpath/core';
import { writeFilesAtomically } from '@floatpath/node';
import { CONFIG_FILE } from './config-file.js';
import type { Io } from './io.js';
import { readVersion } from './version.js';

export interface InitFlags {
  readonly force?: true;
  readonly json?: true;
}

const gate = {
  rules: ['clean >= baseline', 'certified@0.25 >= baseline'],
  baseline: 'floatpath.baseline.json',
};

/** The bundled networks on the images that come with the program. */
const bundled: Config = {
  audit: { data: 'mnist:sample', norm: 'l2', epsilon: 1, sigma: 0.25, n: 1000, limit: 100 },
  gate,
};

/** A person's own model; norm, epsilon and sigma are theirs to choose, and stand where they are seen. */
const own = (model: string): Config => ({
  audit: {
    models: [model],
    data: 'npz:images.npz',
    norm: 'linf',
    epsilon: '8/255',
    sigma: 0.25,
    n: 10_000,
    limit: 500,
  },
  gate,
});

/** The configuration to start from. */
export function initialConfig(model: string | undefined): Config {
  const $schema = `https://unpkg.com/floatpath@${readVersion()}/assets/config.schema.json`;
  return { $schema, ...(model === undefined ? bundled : own(model)) };
}

/** Writes the configuration into the folder where the program runs. */
export async function runInit(model: string | undefined, flags: InitFlags, io: Io): Promise<void> {
  if (existsSync(CONFIG_FILE) && !flags.force) {
    throw new FloatpathError(
      'output-exists',
      `init: expected no ${CONFIG_FILE} here, got one; edit it, or replace it with --force`,
    );
  }
  const text = `${JSON.stringify(initialConfig(model), null, 2)}\n`;
  await writeFilesAtomically('.', { [CONFIG_FILE]: text }, { force: true });
  const first =
    model === undefined
      ? 'floatpath audit'
      : 'edit its data, norm, epsilon and sigma, then floatpath audit';
  if (flags.json === true) {
    io.stdout.write(`${JSON.stringify({ wrote: CONFIG_FILE })}\n`);
    return;
  }
  io.stdout.write(
    `wrote ${CONFIG_FILE}; next: ${first}, then floatpath gate --update-baseline, and floatpath gate after each change of the model\n`,
  );
}
