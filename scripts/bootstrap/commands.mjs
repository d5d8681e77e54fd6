import { spawn } from 'node:child_process';
import { basename, delimiter } from 'node:path';

const KEPT_LINES = 20;
const passedOn = ['registry', 'cafile', 'proxy', 'https_proxy', 'noproxy', 'strict_ssl'];

/** One line about the bootstrap itself. */
export function say(message) {
  process.stderr.write(`floatpath: ${message}\n`);
}

/** The npm that runs us, as a command that needs no shell; else the one on the path. */
export function npmCommand() {
  const cli = process.env.npm_execpath;
  if (cli !== undefined && basename(cli) === 'npm-cli.js') return [process.execPath, cli];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

function environment(path) {
  const env = {
    ...process.env,
    CI: '1',
    DO_NOT_TRACK: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  };
  // Windows may spell it Path.
  const pathKey = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  env[pathKey] = [...path, env[pathKey]].join(delimiter);
  // pnpm reads only its own prefix: a registry or certificate given to npm must reach it too.
  for (const key of passedOn) {
    const value = env[`npm_config_${key}`];
    if (value) env[`pnpm_config_${key}`] ??= value;
  }
  return env;
}

/**
 * Runs a command without standard input; its output is shown only where it fails.
 * Ctrl-C and termination reach the command, and reject with the exit code that they stand for.
 *
 * @param claim - told the process id, so that the lock outlives us if we are killed and the command is not
 */
export function runQuietly(command, args, { cwd, path, claim }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: environment(path),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: command.endsWith('.cmd'),
    });
    if (child.pid !== undefined) claim(child.pid);
    const output = [];
    let signalled;
    const onSignal = (signal) => {
      signalled = signal;
      child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, onSignal);
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    const finish = (problem) => {
      for (const signal of signals) process.off(signal, onSignal);
      if (signalled !== undefined) {
        const error = new Error('interrupted; start again to go on');
        error.exitCode = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signalled];
        reject(error);
      } else if (problem === undefined) {
        resolve();
      } else {
        const lines = Buffer.concat(output).toString().trimEnd().split('\n');
        process.stderr.write(`${lines.slice(-KEPT_LINES).join('\n')}\n`);
        reject(new Error(`${basename(command)} ${args.join(' ')}: ${problem}`));
      }
    };
    child.on('error', (error) => finish(error.message));
    child.on('close', (code, signal) => {
      finish(code === 0 ? undefined : `failed with ${signal ?? `exit status ${code}`}`);
    });
  });
}
