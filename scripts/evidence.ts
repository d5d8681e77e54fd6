import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

const folder = new URL('../evidence/', import.meta.url);

/** What a deep run showed, for docs and notes to quote. */
export interface Evidence {
  /** What was shown, in one sentence. */
  readonly claim: string;
  readonly command: string;
  readonly seed: number;
  readonly numbers: unknown;
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'not a git checkout';
  }
}

/** Writes `evidence/<topic>.json`. */
export function writeEvidence(topic: string, evidence: Evidence): void {
  mkdirSync(folder, { recursive: true });
  const target = new URL(`${topic}.json`, folder);
  const draft = new URL(`${topic}.json.draft`, folder);
  const text = {
    ...evidence,
    commit: commit(),
    node: process.version,
    processor: cpus()[0]?.model ?? 'unknown',
  };
  writeFileSync(draft, `${JSON.stringify(text, null, 2)}\n`);
  renameSync(draft, target);
}
