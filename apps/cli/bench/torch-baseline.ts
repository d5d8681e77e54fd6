// The PyTorch side of the ratios: torch_baseline.py of the shared folder beside the repository, in a process of its own.
import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Measure } from './measure.js';

const shared = new URL('../../../../shared/', import.meta.url);
const script = fileURLToPath(new URL('bench/torch_baseline.py', shared));
const python = process.env['FLOATPATH_PYTHON'] ?? 'python3';
const quiet: ExecFileSyncOptionsWithStringEncoding = {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
};

/** The version of torch, or undefined where it or the baseline is missing. */
export function torchVersion(): string | undefined {
  if (!existsSync(script)) return undefined;
  try {
    const program = 'import torch, scipy; print(torch.__version__)';
    return execFileSync(python, ['-c', program], quiet).trim();
  } catch {
    return undefined;
  }
}

/** Runs the baseline on one thread; its own clock leaves out the start of Python. */
export function torchMeasure(args: readonly string[]): Measure {
  return async () => {
    const text = execFileSync(python, [script, ...args, '--threads', '1'], quiet);
    const { samples, cpuSeconds } = JSON.parse(text) as { samples: number; cpuSeconds: number };
    return { samples, seconds: cpuSeconds };
  };
}
