// `npm start`, `npm test`, `npm run test:deep`, `npm run bench`, `npm run screenshots`, `npm run train`, `npm run -s floatpath -- ARGS`.
// Brings a clone that has only Node and npm to the point where a job can run, then runs the job in this same
// process: its output, exit status, signals and standard input are the job's own. Until then only stderr is written.
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { npmCommand, runQuietly, say } from './bootstrap/commands.mjs';
import { buildFingerprint, installFingerprint, isStamped } from './bootstrap/fingerprint.mjs';
import { withLock } from './bootstrap/lock.mjs';
import { nodeVersionProblem } from './bootstrap/node-version.mjs';
import { testArguments } from './bootstrap/test-arguments.mjs';

const PNPM = '12.21.0';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const tools = join(root, '.tools', `pnpm-${PNPM}`);
const pnpmPackage = join(tools, 'node_modules', 'pnpm');
const main = join(root, 'apps', 'cli', 'dist', 'main.js');
const stamps = {
  tools: join(tools, '.done'),
  installing: join(modules, '.floatpath-installing'),
  install: join(modules, '.floatpath-install'),
  build: join(modules, '.floatpath-build'),
};
const path = [join(tools, 'node_modules', '.bin'), join(modules, '.bin')];

/** Job name to the module that does it and the arguments it gets. */
const jobs = {
  start: (args) => ({ module: main, args: args.length === 0 ? ['audit'] : args, at: 'caller' }),
  test: (args) => vitest(['run', ...testArguments(args, root)]),
  'test:deep': (args) =>
    vitest(['run', '--config', 'vitest.deep.config.ts', '--passWithNoTests', ...args]),
  screenshots: (args) => ({
    module: join(root, 'scripts', 'screenshots.mjs'),
    args,
    at: 'root',
  }),
  train: (args) => ({ module: join(root, 'examples', 'train', 'run.mjs'), args, at: 'caller' }),
  bench: (args) => vitest(['bench', '--run', '--passWithNoTests', ...args]),
};

function vitest(args) {
  return { module: join(modules, 'vitest', 'vitest.mjs'), args, at: 'root' };
}

async function fetchPnpm(claim) {
  if (existsSync(stamps.tools)) return;
  rmSync(tools, { recursive: true, force: true });
  mkdirSync(tools, { recursive: true });
  say(`fetching pnpm ${PNPM} into .tools`);
  const [npm, ...npmArgs] = npmCommand();
  const install = ['install', '--prefix', tools, '--no-package-lock', `pnpm@${PNPM}`];
  await runQuietly(npm, [...npmArgs, ...install, '--loglevel=error'], { cwd: tools, path, claim });
  // npm 12 runs no install scripts; pnpm's own one links its native binary.
  const link = join(pnpmPackage, 'install.js');
  await runQuietly(process.execPath, [link], { cwd: pnpmPackage, path, claim });
  writeFileSync(stamps.tools, `${PNPM}\n`);
}

async function installPackages(claim) {
  const fingerprint = installFingerprint(root);
  if (isStamped(stamps.install, fingerprint)) return;
  await fetchPnpm(claim);
  // The marker of an interrupted installation: what lies there may be half a package, so start from nothing.
  if (existsSync(stamps.installing)) rmSync(modules, { recursive: true, force: true });
  rmSync(stamps.install, { force: true });
  mkdirSync(modules, { recursive: true });
  writeFileSync(stamps.installing, '');
  say('installing packages (about 330 MB the first time, 1.2 GB unpacked)');
  const pnpm = join(pnpmPackage, process.platform === 'win32' ? 'pnpm.exe' : 'pnpm');
  const install = ['install', '--frozen-lockfile', '--reporter=append-only'];
  await runQuietly(pnpm, install, { cwd: root, path, claim });
  writeFileSync(stamps.install, fingerprint);
  rmSync(stamps.installing);
}

async function buildProgram(claim) {
  if (isStamped(stamps.build, buildFingerprint(root))) return;
  rmSync(stamps.build, { force: true });
  say('building');
  const turbo = join(modules, 'turbo', 'bin', 'turbo');
  const build = [turbo, 'run', 'build', '--filter=floatpath', '--output-logs=errors-only'];
  await runQuietly(process.execPath, build, { cwd: root, path, claim });
  linkProgram();
  writeFileSync(stamps.build, buildFingerprint(root));
}

/** `npx floatpath`, as help and reports say it, finds the program in a clone too. */
function linkProgram() {
  // Links there want rights that few have.
  if (process.platform === 'win32') return;
  const link = join(modules, '.bin', 'floatpath');
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(relative(dirname(link), main), link);
  chmodSync(main, 0o755);
}

function isReady() {
  return (
    isStamped(stamps.install, installFingerprint(root)) &&
    isStamped(stamps.build, buildFingerprint(root))
  );
}

async function prepare() {
  if (isReady()) return;
  await withLock(join(root, '.tools', 'lock'), async (claim) => {
    await installPackages(claim);
    await buildProgram(claim);
  });
}

async function runJob({ module, args, at }) {
  // Where `npm run tfjs-node` puts TensorFlow.js with its native addon.
  process.env.FLOATPATH_TFJS_NODE ??= join(root, '.tools', 'tfjs-node');
  process.chdir(at === 'root' ? root : (process.env.INIT_CWD ?? process.cwd()));
  process.argv = [process.execPath, module, ...args];
  await import(pathToFileURL(module).href);
}

const [name, ...args] = process.argv.slice(2);
const problem = nodeVersionProblem(process.versions.node);
if (problem !== undefined) {
  say(problem);
  process.exitCode = 2;
} else if (name === undefined || !Object.hasOwn(jobs, name)) {
  say(`expected one of ${Object.keys(jobs).join(', ')}, got ${name ?? 'nothing'}`);
  process.exitCode = 2;
} else {
  let ready = false;
  try {
    await prepare();
    ready = true;
  } catch (error) {
    say(error.message);
    process.exitCode = error.exitCode ?? 3;
  }
  if (ready) {
    let job;
    try {
      job = jobs[name](args);
    } catch (error) {
      say(error.message);
      process.exitCode = 2;
    }
    if (job !== undefined) await runJob(job);
  }
}
