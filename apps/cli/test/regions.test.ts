import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { float32Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import { describe, expect, it } from 'vitest';
import { brightQuarters, quarterNetwork } from './support/models.js';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const model = inFolder('quarter.onnx');
writeFileSync(model, writeOnnx(quarterNetwork()));
writeFileSync(inFolder('x.npz'), writeNpz({ x: float32Tensor([5, 4], brightQuarters(5)) }));

const regions = (flags: readonly string[]) =>
  runCaptured(['regions', model, '--data', `npz:${inFolder('x.npz')}`, '--quiet', ...flags]);

describe('regions', () => {
  it('prints the count and writes a picture of the plane', async () => {
    const out = inFolder('regions.svg');
    const { status, stdout, stderr } = await regions(['--plane', '0,1,2', '--out', out]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    // Pixels 0, 1 and 2 reach 0 inside the window, each on a line that crosses the others' at its border only.
    expect(stdout).toMatch(
      /plane through image 0, image 1, image 2: 4 linear regions, labels 0, 1, 2/,
    );
    expect(stdout).toContain('relu_1: 3 of 4 neurons switch on it');
    const svg = readFileSync(out, 'utf8');
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain('image 2');
  });

  it('says when it stopped early', async () => {
    const flags = ['--plane', '0,1,2', '--most', '2', '--out', inFolder('few.svg')];
    const { stdout } = await regions([...flags, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ regions: 2, complete: false });
  });

  it.each([
    [['--plane', '0,1'], 'three image numbers'],
    [['--plane', '0,1,99'], 'got 99'],
    // Images 0 and 4 are equal.
    [['--plane', '0,4,1'], 'not on one line'],
    [[], 'expected --plane'],
  ])('refuses %j with one sentence and writes nothing', async (flags, words) => {
    const out = inFolder('none.svg');
    const { status, stderr } = await regions([...flags, '--out', out]);
    expect(status).toBe(2);
    expect(stderr).toContain(words);
    expect(existsSync(out)).toBe(false);
  });
});
