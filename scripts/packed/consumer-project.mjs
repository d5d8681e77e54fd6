import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Runs a program and returns what it printed; anything but status 0 is an error with its output. */
export function must(command, args, cwd) {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8' });
  const told = [done.error?.message, done.stdout, done.stderr].filter(Boolean).join('\n');
  assert.equal(done.status, 0, `${command} ${args.join(' ')}: ${told}`);
  return done.stdout;
}

/** The package and all of ours that it needs, as tarballs. */
function closure(packed, packages, found = new Map()) {
  if (found.has(packed.manifest.name)) return found;
  found.set(packed.manifest.name, `file:${packed.tarball}`);
  for (const name of Object.keys(packed.manifest.dependencies ?? {})) {
    const ours = packages.find(({ manifest }) => manifest.name === name);
    if (ours !== undefined) closure(ours, packages, found);
  }
  return found;
}

/** The first TypeScript block of the README: the ten lines that must run. */
export function readmeExample(packed) {
  const readme = readFileSync(join(packed.files, 'README.md'), 'utf8');
  const block = /^```(?:ts|js)\n(.*?)^```$/msu.exec(readme);
  assert.ok(block, `${packed.manifest.name}: README.md has no TypeScript block`);
  return block[1];
}

function idx(shape, bytes) {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  return gzipSync(Buffer.concat([header, Buffer.alloc(bytes, 1)]));
}

/** An empty project into which npm installs the package; runtimes that a user adds himself are linked from `root`. */
export function consumerProject(packed, packages, folder, root) {
  mkdirSync(folder, { recursive: true });
  const dependencies = Object.fromEntries(closure(packed, packages));
  const manifest = { private: true, type: 'module', dependencies };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  must('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], folder);
  const links = {
    'onnxruntime-node': 'packages/engine/node_modules/onnxruntime-node',
    'onnxruntime-web': 'packages/engine/node_modules/onnxruntime-web',
    '@types/node': 'node_modules/@types/node',
  };
  for (const [name, at] of Object.entries(links)) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, at), link);
  }
  const model = join(root, 'apps/cli/assets/models/mnist-cnn-sigma0.onnx');
  copyFileSync(model, join(folder, 'mnist.onnx'));
  writeFileSync(join(folder, 't10k-images.gz'), idx([2, 28, 28], 2 * 28 * 28));
  writeFileSync(join(folder, 't10k-labels.gz'), idx([2], 2));
  return folder;
}
