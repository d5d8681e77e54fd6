import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { writeOnnx } from '@floatpath/model-io';
import { describe, expect, it } from 'vitest';
import { quarterNetwork } from './support/models.js';
import { runCaptured } from './support/run-captured.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();

const network = quarterNetwork();
const inputs = (network.inputs[0]?.shape ?? []).slice(1).reduce<number>((n, e) => n * Number(e), 1);
const outputs = Number(network.outputs[0]?.shape.at(-1));

function files(assertion: string): [model: string, spec: string] {
  const model = inFolder('model.onnx');
  writeFileSync(model, writeOnnx(network));
  const declare = (letter: string, count: number): string =>
    Array.from({ length: count }, (_, i) => `(declare-const ${letter}_${i} Real)\n`).join('');
  const box = Array.from(
    { length: inputs },
    (_, i) => `(assert (>= X_${i} 0))(assert (<= X_${i} 1))\n`,
  ).join('');
  const spec = inFolder('property.vnnlib.gz');
  writeFileSync(
    spec,
    gzipSync(`${declare('X', inputs)}${declare('Y', outputs)}${box}${assertion}`),
  );
  return [model, spec];
}

describe('floatpath falsify', () => {
  it('prints sat first, then the counterexample; status 0', async () => {
    const { status, stdout } = await runCaptured([
      'falsify',
      ...files('(assert (<= X_0 0.5))(assert (>= Y_0 -1000))'),
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^sat\n\(\(X_0 /);
    expect(stdout.match(/\([XY]_\d+ [-\d.e]+\)/g)).toHaveLength(inputs + outputs);
  });

  it('says unknown after --timeout where it finds nothing, and why on stderr; status 0', async () => {
    const { status, stdout, stderr } = await runCaptured([
      'falsify',
      ...files('(assert (>= (+ Y_0 Y_1) (+ (* 1000 X_0) 100000)))'),
      '--timeout',
      '0.2',
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^(unknown|unsat)\n$/);
    expect(stderr).not.toBe('');
  });

  it('--json is one document', async () => {
    const { stdout } = await runCaptured([
      'falsify',
      ...files('(assert (>= Y_0 -1000))'),
      '--json',
    ]);
    const document = JSON.parse(stdout) as { verdict: string; inputs: number[]; outputs: number[] };
    expect(document.verdict).toBe('sat');
    expect([document.inputs.length, document.outputs.length]).toEqual([inputs, outputs]);
  });

  it('takes other formats, and says that our reading of the file ran', async () => {
    const nnet = inFolder('net.nnet');
    const lines = [
      '// y = x0 + x1',
      '1,2,1,2,',
      '2,1,',
      '0,',
      '0,0,',
      '1,1,',
      '0,0,0,',
      '1,1,1,',
      '1,1,',
      '0,',
    ];
    writeFileSync(nnet, `${lines.join('\n')}\n`);
    const spec = inFolder('sum.vnnlib');
    writeFileSync(
      spec,
      '(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)(assert (<= 0 X_0))(assert (<= X_0 1))(assert (<= 0 X_1))(assert (<= X_1 1))(assert (>= Y_0 1.5))',
    );
    const { status, stdout, stderr } = await runCaptured(['falsify', nnet, spec]);
    expect({ status, verdict: stdout.split('\n')[0] }).toEqual({ status: 0, verdict: 'sat' });
    expect(stderr).toContain('only our reading of the file runs');
  });

  it('names file and place of what it cannot read; status 2', async () => {
    const { status, stdout, stderr } = await runCaptured([
      'falsify',
      ...files('(assert (>= Y_0 low))'),
    ]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(
      /property\.vnnlib\.gz: readVnnlib: expected a number.* at line \d+, column \d+, got "low"/,
    );
  });
});
