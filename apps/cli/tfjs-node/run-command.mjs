import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';

const KEPT_LINES = 12;

export function say(message) {
  process.stderr.write(`tfjs-node: ${message}\n`);
}

/**
 * Runs a command and returns its standard output.
 *
 * @throws Error with the last lines that it wrote, or saying that it is not there
 */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 28, ...options });
  if (result.error !== undefined)
    throw new Error(`${command} could not be run: ${result.error.code}`);
  if (result.status === 0) return result.stdout;
  const lines = `${result.stdout}${result.stderr}`.trimEnd().split('\n').slice(-KEPT_LINES);
  throw new Error(`${command} failed: ${lines.join('\n')}`);
}

/** The first of `commands` that answers `--version`. */
export function firstCommand(what, commands) {
  const found = commands.find(
    (command) => command && spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0,
  );
  if (found !== undefined) return found;
  throw new Error(
    `there is no ${what} (tried ${commands.filter(Boolean).join(', ')}); install one`,
  );
}

/** The npm that runs us, else the one on the path. */
export function npm(args, cwd) {
  const cli = process.env.npm_execpath;
  if (cli !== undefined && basename(cli) === 'npm-cli.js')
    return run(process.execPath, [cli, ...args], { cwd });
  return run('npm', args, { cwd });
}
