import { expect, it } from 'vitest';
import { killAttack } from './support/kill-attack.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();

it('a run that is killed ends with the bytes and the table of one that was not', async () => {
  const run = { images: 100, every: 4, attacks: 'apgd-ce' };
  expect(await killAttack(inFolder, run)).toBeGreaterThan(0);
}, 120_000);
