// Packs every published package as npm would get it, and checks what a user would install: publint, attw, and an import
// of each entry point from a folder that has only the packed files and their dependencies; the program is also installed by
// npm into an empty folder and used there, and so is each package, from TypeScript, Node and a Vite page. Needs a build.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkConsumers } from './packed/consumers.mjs';
import { checkInstalledProgram } from './packed/installed-program.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const work = mkdtempSync(join(tmpdir(), 'floatpath-packed-'));
let failures = 0;

function run(what, command, args, cwd) {
  const done = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (done.status === 0) return done.stdout;
  failures += 1;
  console.error(`${what}: failed`);
  console.error(
    [done.error?.message, done.stdout, done.stderr].filter(Boolean).join('\n').trimEnd(),
  );
  return undefined;
}

/** The packed files in a folder of their own, with the workspace's dependencies beside them. */
function pack(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (manifest.private) return undefined;
  const out = join(work, manifest.name.replace('/', '-'));
  mkdirSync(out);
  const packed = run(manifest.name, 'pnpm', ['pack', '--pack-destination', out], folder);
  const [tarball] = readdirSync(out);
  if (packed === undefined || tarball === undefined) return undefined;
  run(manifest.name, 'tar', ['xzf', tarball], out);
  return { manifest, tarball: join(out, tarball), files: join(out, 'package'), folder };
}

/** `name@range` of each dependency resolved to the packed folder (ours) or the installed one (others'). */
function linkDependencies({ manifest, files, folder }, packages) {
  const needed = { ...manifest.dependencies, ...manifest.optionalDependencies };
  for (const name of Object.keys(needed)) {
    const ours = packages.find((candidate) => candidate.manifest.name === name);
    const at = join(files, 'node_modules', name);
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(ours?.files ?? join(folder, 'node_modules', name), at);
  }
}

function checkImports({ manifest, files }) {
  const entries = Object.keys(manifest.exports ?? {}).filter((entry) => entry !== './package.json');
  for (const entry of entries) {
    const specifier = manifest.name + entry.slice(1);
    // A package may import itself by name: this resolves through the packed manifest.
    const code = `const m = await import(${JSON.stringify(specifier)}); if (Object.keys(m).length === 0) throw new Error('exports nothing')`;
    run(`import ${specifier}`, process.execPath, ['--input-type=module', '--eval', code], files);
  }
  for (const program of Object.values(manifest.bin ?? {})) {
    run(`${manifest.name} --version`, process.execPath, [join(files, program), '--version'], files);
  }
}

try {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
  );
  const packages = folders.map(pack).filter((packed) => packed !== undefined);
  for (const packed of packages) {
    const { name, exports } = packed.manifest;
    run(`publint ${name}`, join(bin, 'publint'), ['run', packed.tarball, '--strict'], root);
    if (exports !== undefined) {
      run(`attw ${name}`, join(bin, 'attw'), [packed.tarball, '--profile', 'esm-only'], root);
    }
    linkDependencies(packed, packages);
  }
  for (const packed of packages) checkImports(packed);
  const program = packages.find(({ manifest }) => manifest.bin !== undefined);
  try {
    const megabytes = checkInstalledProgram(program.tarball, join(work, 'installed'));
    console.log(`installed without the native runtime: ${megabytes.toFixed(1)} MB`);
  } catch (error) {
    failures += 1;
    console.error(`installed program: failed\n${error.message}`);
  }
  try {
    const lines = await checkConsumers(packages, join(work, 'consumers'), root);
    for (const line of lines) console.log(line);
  } catch (error) {
    failures += 1;
    console.error(`installed package: failed\n${error.message}`);
  }
  console.log(`packed: ${packages.length} packages, ${failures} checks failed`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
