// Input gradients in ONNX Runtime against PyTorch's. FLOATPATH_PYTHON names the Python that has torch.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillUniform, float32Tensor, type GraphModel } from '@floatpath/core';
import { readModel } from '@floatpath/model-io';
import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { createClassifier } from '../../src/index.js';
import { onRuntime } from '../support/engines.js';

const ROWS = 64;
const models = new URL('../../../../../shared/models/', import.meta.url);
const python = process.env['FLOATPATH_PYTHON'] ?? 'python3';
const script = fileURLToPath(new URL('./torch-gradients.py', import.meta.url));

function torchVersion(): string | undefined {
  try {
    const program = 'import torch, numpy; print(torch.__version__)';
    return execFileSync(python, ['-c', program], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}

const version = existsSync(models) ? torchVersion() : undefined;
const words =
  version === undefined ? 'SKIPPED: no PyTorch or no models beside the repository. ' : '';

test.skipIf(version === undefined)(`${words}gradients are PyTorch's to 5e-6`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'floatpath-torch-'));
  const errors: Record<string, { crossEntropy: number; margin: number; largest: number }> = {};
  try {
    for (const name of ['mnist-cnn-sigma0.25', 'mnist-mlp-sigma0.5', 'cifar-cnn-sigma0.12']) {
      const file = new Uint8Array(readFileSync(new URL(`${name}.onnx`, models)));
      const { network } = readModel(file, { name }) as GraphModel;
      await using classifier = await createClassifier(onRuntime, network, { bounds: [0, 1] });
      const size = classifier.inputShape.reduce((a, b) => a * b, 1);
      const uniform = new Float64Array(ROWS * size);
      fillUniform(uniform, { seed: 0, purpose: 'attack', image: 0, draw: 0 });
      const x = float32Tensor([ROWS, ...classifier.inputShape], uniform);
      const [rows, gradients] = ['x', 'g'].map((part) => join(folder, part)) as [string, string];
      writeFileSync(rows, new Uint8Array(x.data.buffer));
      const weights = fileURLToPath(new URL(`weights/${name}`, models));
      execFileSync(python, [script, `${weights}.npz`, `${weights}.json`, rows, gradients]);
      const expected = new Float32Array(new Uint8Array(readFileSync(gradients)).buffer);
      const labels = Int32Array.from({ length: ROWS }, (_, row) => row % classifier.classes);
      const errorOf = async (kind: 'cross-entropy' | 'margin', from: number): Promise<number> => {
        const answer = await classifier.gradient?.(x, { kind, labels });
        return (answer?.gradient.data ?? new Float32Array([NaN])).reduce(
          (most, slope, i) => Math.max(most, Math.abs(slope - (expected[from + i] as number))),
          0,
        );
      };
      errors[name] = {
        crossEntropy: await errorOf('cross-entropy', 0),
        margin: await errorOf('margin', x.data.length),
        largest: expected.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0),
      };
      expect(errors[name].crossEntropy).toBeLessThanOrEqual(5e-6);
      expect(errors[name].margin).toBeLessThanOrEqual(5e-6);
      expect(errors[name].largest).toBeGreaterThan(0.05);
      // Control: the gradients of other labels are seen as others.
      labels.reverse();
      expect(await errorOf('margin', x.data.length)).toBeGreaterThan(1e-2);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  writeEvidence('torch-gradients', {
    claim: `largest difference of input gradients in ONNX Runtime from those of PyTorch ${version ?? ''}, ${ROWS} uniform inputs each`,
    command: 'npm run test:deep -- packages/engine/test/deep/torch-gradients.deep.ts',
    seed: 0,
    numbers: errors,
  });
});
