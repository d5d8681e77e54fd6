import { expect, it } from 'vitest';
import { killAttack } from '../support/kill-attack.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const inFolder = temporaryFolder();

it('a run that is killed again and again ends with the bytes and the table of one that was not', async () => {
  const run = { images: 400, every: 2, attacks: 'apgd-ce,fab-t' };
  expect(await killAttack(inFolder, run)).toBeGreaterThan(2);
});
