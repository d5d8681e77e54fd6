import { readFileSync, writeFileSync } from 'node:fs';
import { stabilityLines } from '@floatpath/audit';
import { float32Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import { describe, expect, it } from 'vitest';
import { brightQuarters, quarterNetwork } from './support/models.js';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const model = inFolder('quarter.onnx');
writeFileSync(model, writeOnnx(quarterNetwork({ bias: -0.5 })));
writeFileSync(inFolder('x.npz'), writeNpz({ x: float32Tensor([4, 4], brightQuarters(4)) }));
const data = `npz:${inFolder('x.npz')}`;

const stability = (flags: readonly string[]) =>
  runCaptured(['stability', model, '--data', data, '--quiet', '--draws', '50', ...flags]);

describe('stability', () => {
  it('prints the bracket per layer: at every radius', async () => {
    const { status, stdout, stderr } = await stability(['--epsilon', '.1,.4']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('linf <= 0.1 around 4 images');
    expect(stdout).toContain('linf <= 0.4 around 4 images');
    expect(stdout).toContain('with probability 0.999 per ball');
  });

  it('--json is one document whose brackets hold the exact counts', async () => {
    const out = inFolder('stability.json');
    const flags = ['--epsilon', '.1,.4', '--evidence', 'alpha-crown,sampled', '--out', out];
    const { stdout } = await stability([...flags, '--json']);
    const document = JSON.parse(stdout);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(document);
    // relu(x0 - .5) and relu(xi), pixels .2 or 1: at radius .1 no pre-activation reaches 0; at .4 those of pixels of .2 do.
    const [near, far] = document.totals;
    expect(near.all).toMatchObject({ units: 16, fixed: 16, float: 0, undecided: 0 });
    expect(far.all.fixed).toBeLessThan(16);
    expect(far.all.fixed + far.all.float + far.all.undecided).toBe(16);
    expect(document.rows).toHaveLength(8);
    expect(document.rows[0]).toMatchObject({ image: 0, proof: 'alpha-crown', draws: 50 });
  });

  it('rounds what is proved down, and what may be up', async () => {
    const said = await stability(['--epsilon', '8/255', '--draws', '128', '--alpha', '.07']);
    expect(said.stdout).toContain('linf <= 8/255 around 4 images');
    // 1 - (.07 / 4 units)^(1 / 128) = .031112...
    expect(said.stdout).toContain(
      'with probability 0.93 per ball every neuron not seen to flip does so with a chance of at most 0.0312 per draw',
    );
    const gates = [{ gate: 'g', units: 3000, fixed: 2999, float: 0, undecided: 1 }];
    const row = {
      image: 0,
      epsilon: 0.1,
      proof: 'crown',
      draws: 9,
      unseenChance: 0.5,
      gates,
    } as const;
    const lines = stabilityLines([row], { norm: 'l2', alpha: 0.1 });
    expect(lines.find((line) => line.startsWith('  g'))).toMatch(/ 99\.9 +100\.0 +0\.1$/);
  });

  it('a ball of radius 0 is one point: every unit is proved fixed', async () => {
    const { stdout } = await stability(['--epsilon', '0', '--evidence', 'proved', '--json']);
    expect(JSON.parse(stdout).totals[0].all).toMatchObject({ fixed: 16, undecided: 0 });
  });

  it.each([
    [['--epsilon', '-1'], '--epsilon'],
    [['--epsilon', '.1', '--evidence', 'guessed'], '--evidence'],
    [[], 'expected --epsilon'],
    [['--epsilon', '.1', '--bounds', '.5,1'], 'expected pixels in [0.5, 1]'],
  ])('refuses %j with one sentence', async (flags, words) => {
    const { status, stdout, stderr } = await stability(flags);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(words);
  });
});
