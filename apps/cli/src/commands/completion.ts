import { Argument, Command } from 'commander';
import type { Shell } from '../completion-script.js';
import type { Io } from '../io.js';

/** `floatpath completion`: arguments only. */
export function completionCommand(io: Io): Command {
  return new Command('completion')
    .summary('a script that completes commands and options')
    .description('Prints a script that lets a shell complete commands and options.')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: Shell, _flags: unknown, self: Command) => {
      const { completionScript } = await import('../completion-script.js');
      io.stdout.write(completionScript(shell, self.parent ?? self));
    });
}
