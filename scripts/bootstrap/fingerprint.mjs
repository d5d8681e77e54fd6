import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** True where the file `stamp` holds exactly `fingerprint`. */
export function isStamped(stamp, fingerprint) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint;
}

function workspaceFolders(root) {
  const children = (parent) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(parent, entry.name));
  return [...children('packages'), ...children('apps'), 'examples'].sort();
}

/** What decides the content of node_modules: the lockfile, every manifest, the platform and Node's ABI. */
export function installFingerprint(root) {
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'].concat(
    workspaceFolders(root).map((folder) => join(folder, 'package.json')),
  );
  const hash = createHash('sha256');
  hash.update(`${process.platform} ${process.arch} ${process.versions.modules}\n`);
  for (const file of files) {
    const path = join(root, file);
    if (existsSync(path)) hash.update(`${file}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

function* filesBelow(path) {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) yield* filesBelow(join(path, name));
}

/** Names, sizes and times of what the program is built from, and of the built program. */
export function buildFingerprint(root) {
  const cli = join(root, 'apps', 'cli');
  const sources = [
    ...readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'src')),
    ...['src', 'scripts', 'assets', 'package.json', 'tsup.config.ts'].map((n) => join(cli, n)),
    ...['tsup.preset.ts', 'tsconfig.base.json', 'turbo.json'].map((name) => join(root, name)),
    join(root, 'node_modules', '.floatpath-install'),
    join(cli, 'dist', 'main.js'),
  ];
  const hash = createHash('sha256');
  for (const source of sources.sort()) {
    for (const file of filesBelow(source)) {
      if (file.endsWith('.test.ts')) continue;
      const { size, mtimeMs } = statSync(file);
      hash.update(`${file} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}
