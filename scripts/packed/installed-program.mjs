// The program as a new user meets it: its tarball installed by npm into an empty folder, without the native runtime, and
// run there: an audit, a gate that passes and one that fails.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MOST_MEGABYTES = 30;
const MOST_SECONDS = 20;

function npm(args, cwd) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const done = spawnSync('npm', [...args, ...quiet], { cwd, encoding: 'utf8' });
  assert.equal(done.status, 0, `npm ${args.join(' ')}: ${done.stdout}${done.stderr}`);
}

function emptyFolder(folder, manifest = {}) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, ...manifest }));
  return folder;
}

function bytesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Runs the installed program and returns what it printed; `status` is what it must end with. */
function floatpath(folder, args, status = 0) {
  const program = join(folder, 'node_modules', 'floatpath', 'dist', 'main.js');
  const done = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
  const told = `floatpath ${args.join(' ')}: status ${done.status}\n${done.stdout}${done.stderr}`;
  assert.equal(done.status, status, told);
  return done;
}

/** Seconds until the demo, which needs no flag, prints what it found first: that the files and our graphs agree. */
function secondsToFirstLine(folder, small) {
  const program = join(folder, 'node_modules', 'floatpath', 'dist', 'main.js');
  const call = [process.execPath, program, 'audit', ...small].join(' ');
  const script = `${call} | { read -r line; date +%s%3N; cat > /dev/null; }`;
  const begun = Date.now();
  const done = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
  return (Number(done.stdout) - begun) / 1000;
}

/** npm goes on where an optional dependency's own installer fails: here one that always does. */
function installWithBrokenNativeRuntime(tarball, work) {
  const broken = emptyFolder(join(work, 'broken'), {
    name: 'onnxruntime-node',
    version: '1.30.0',
    scripts: { postinstall: 'exit 1' },
  });
  npm(['pack', '--pack-destination', work], broken);
  const folder = emptyFolder(join(work, 'broken-native'), {
    overrides: { 'onnxruntime-node': `file:${join(work, 'onnxruntime-node-1.30.0.tgz')}` },
  });
  npm(['install', tarball], folder);
  return folder;
}

/**
 * @param tarball - of the packed program
 * @param work - an empty folder
 * @returns megabytes installed
 */
export function checkInstalledProgram(tarball, work) {
  const folder = emptyFolder(join(work, 'empty'));
  npm(['install', '--omit=optional', tarball], folder);
  const megabytes = bytesBelow(join(folder, 'node_modules')) / 1e6;
  assert.ok(megabytes <= MOST_MEGABYTES, `installed: ${megabytes} MB, at most ${MOST_MEGABYTES}`);

  const licenses = readFileSync(
    join(folder, 'node_modules/floatpath/dist/THIRD_PARTY_LICENSES'),
    'utf8',
  );
  const bundled = ['onnxruntime-web', 'commander', 'fflate', 'zod', '@bufbuild/protobuf'];
  for (const name of bundled) assert.match(licenses, new RegExp(`^${name} [0-9.]+ \\(`, 'm'));

  floatpath(folder, ['init']);
  const small = ['--limit', '4', '--n', '50', '--workers', '2', '--quiet'];
  const audited = floatpath(folder, ['audit', ...small]);
  assert.match(audited.stderr, /onnxruntime-node could not be loaded .* using onnxruntime-web/);
  assert.match(audited.stdout, /IN SHORT/);
  const report = JSON.parse(readFileSync(join(folder, 'floatpath-report/report.json'), 'utf8'));
  assert.match(report.settings.engine, /^onnxruntime-web /);

  const seconds = secondsToFirstLine(folder, [...small, '--force']);
  assert.ok(seconds <= MOST_SECONDS, `first line after ${seconds} s, at most ${MOST_SECONDS}`);

  floatpath(folder, ['gate', '--update-baseline']);
  assert.match(floatpath(folder, ['gate']).stdout, /^gate passed/);
  const strict = ['gate', '--rule', 'certified@9 >= 0.5', '--format', 'junit,sarif,markdown'];
  assert.match(floatpath(folder, strict, 1).stdout, /^gate failed/);

  const without = installWithBrokenNativeRuntime(tarball, work);
  assert.match(floatpath(without, ['audit', ...small]).stderr, /using onnxruntime-web/);
  return megabytes;
}
