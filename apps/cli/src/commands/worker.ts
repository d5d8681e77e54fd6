import { Command } from 'commander';
import { positiveNumber } from '../arguments.js';
import type { Io } from '../io.js';
import { option, redisOption, runOptions } from '../options.js';
import type { WorkerFlags } from '../run-worker.js';

const shared = new Set(['--engine', '--json', '--quiet']);

/** `floatpath worker`: arguments only. */
export function workerCommand(io: Io): Command {
  const command = new Command('worker')
    .summary('counts for floatpath certify --redis, on this machine or another')
    .description(
      'Takes counting jobs from a Redis queue until it is interrupted or idle. Jobs name a model by the hash of its file: only the files given here are ever opened, and only jobs of the same files, engine and version are taken. Start as many as there are cores; any of them may be killed.',
    )
    .argument('<model...>', 'ONNX files that jobs may ask for');
  for (const made of runOptions) if (shared.has(made.long ?? '')) command.addOption(made);
  command
    .addOption(redisOption)
    .addOption(option('--idle <seconds>', 'end after so long without a job', positiveNumber));
  return command.action(async (models: readonly string[], flags: WorkerFlags) => {
    const { runWorker } = await import('../run-worker.js');
    await runWorker(models, flags, io);
  });
}
