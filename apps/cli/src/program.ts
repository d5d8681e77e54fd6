import { Command, CommanderError } from 'commander';
import { exitCode } from '@floatpath/core';
import { examplesText } from './command-examples.js';
import { attackCommand } from './commands/attack.js';
import { auditCommand } from './commands/audit.js';
import { calibrateCommand } from './commands/calibrate.js';
import { certifyCommand } from './commands/certify.js';
import { compareCommand, logCommand, mergeCommand } from './commands/counts.js';
import { completionCommand } from './commands/completion.js';
import { explainCommand } from './commands/explain.js';
import { convertCommand } from './commands/convert.js';
import { exportCommand } from './commands/export.js';
import { falsifyCommand } from './commands/falsify.js';
import { runCommand } from './commands/run.js';
import { gateCommand } from './commands/gate.js';
import { initCommand } from './commands/init.js';
import { inspectCommand } from './commands/inspect.js';
import { predictCommand } from './commands/predict.js';
import { refuteCommand } from './commands/refute.js';
import { reproduceCommand } from './commands/reproduce.js';
import { regionsCommand } from './commands/regions.js';
import { stabilityCommand } from './commands/stability.js';
import { verifyAttackCommand } from './commands/verify-attack.js';
import { workerCommand } from './commands/worker.js';
import { reportFailure } from './errors.js';
import type { Io } from './io.js';
import { NegativeAnswer } from './negative-answer.js';
import { printable } from './terminal.js';
import { createDeadline, type Deadline } from './signals.js';
import { readVersion } from './version.js';

/** Commander's own messages in the shape of ours: `floatpath: unknown option '--sgima' (Did you mean --sigma?)`. */
function usageSentence(message: string): string {
  const sentence = printable(message.replace(/^error: /, '').replace(/\.?\s*$/, ''));
  return `floatpath: ${sentence}; floatpath --help lists what there is\n`;
}

/** The clock of --timeout; falsify has its own, at whose end it answers. */
function startClock(command: Command, deadline: Deadline): void {
  const { timeout } = command.opts<{ readonly timeout?: number }>();
  if (timeout !== undefined && command.name() !== 'falsify') deadline.set(timeout);
}

function createProgram(io: Io, argv: readonly string[]): Command {
  const program = new Command('floatpath')
    .description(
      'Explains and certifies the robustness of neural networks through their activation paths.',
    )
    .version(readVersion(), '--version')
    .addHelpText(
      'after',
      '\nExit status: 0 done, 1 the answer is no, 2 bad use or input (nothing is written), 3 the run failed, 130 or 143 interrupted.',
    )
    .addCommand(auditCommand(io, argv))
    .addCommand(inspectCommand(io))
    .addCommand(runCommand(io))
    .addCommand(convertCommand(io))
    .addCommand(falsifyCommand(io))
    .addCommand(stabilityCommand(io))
    .addCommand(regionsCommand(io))
    .addCommand(explainCommand(io))
    .addCommand(attackCommand(io))
    .addCommand(verifyAttackCommand(io))
    .addCommand(certifyCommand(io))
    .addCommand(predictCommand(io))
    .addCommand(workerCommand(io))
    .addCommand(calibrateCommand(io))
    .addCommand(refuteCommand(io))
    .addCommand(exportCommand(io))
    .addCommand(reproduceCommand(io))
    .addCommand(mergeCommand(io))
    .addCommand(compareCommand(io))
    .addCommand(logCommand(io))
    .addCommand(gateCommand(io))
    .addCommand(initCommand(io))
    .addCommand(completionCommand(io));
  const below = program.commands.flatMap((command) => command.commands);
  for (const command of [program, ...program.commands, ...below]) {
    command
      .addHelpText('after', examplesText(command.name()))
      .exitOverride()
      .showSuggestionAfterError()
      .configureOutput({
        writeOut: (text) => void io.stdout.write(text),
        writeErr: (text) => void io.stderr.write(text),
        outputError: (text, write) => write(usageSentence(text)),
      });
  }
  return program;
}

/**
 * Runs the program in this process. Nothing that a person can do wrong makes it throw.
 *
 * @param argv - the arguments after `floatpath`
 * @returns the exit status
 */
export async function run(argv: readonly string[], outer: Io): Promise<number> {
  const deadline = createDeadline(outer.signal);
  const io = { ...outer, signal: deadline.signal };
  try {
    const program = createProgram(io, argv).hook('preAction', (_, command) => {
      startClock(command, deadline);
    });
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: 'user' });
    return exitCode.done;
  } catch (error) {
    if (error instanceof NegativeAnswer) return exitCode.no;
    if (!(error instanceof CommanderError)) return reportFailure(error, io);
    return error.exitCode === 0 ? exitCode.done : exitCode.badInput;
  } finally {
    deadline.clear();
  }
}
