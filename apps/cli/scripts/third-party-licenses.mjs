// Writes dist/THIRD_PARTY_LICENSES: the license texts of every package of which something is in the bundle, as the bundler
// itself tells, and of the WebAssembly runtime that is carried beside it. A package without a text stops the build.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const app = fileURLToPath(new URL('../', import.meta.url));
const metafile = join(app, 'dist', 'metafile-esm.json');

/** The folder of the package that a file belongs to. */
function packageOf(file) {
  let folder = dirname(file);
  for (;;) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name) return folder;
    folder = dirname(folder);
  }
}

/** Files that go into the bundle with at least a byte of theirs. */
function bundledFiles() {
  const { outputs } = JSON.parse(readFileSync(metafile, 'utf8'));
  const used = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const files = used.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
  return files.filter((file) => file.includes('node_modules')).map((file) => resolve(app, file));
}

/** Texts that a package's own archive lacks, as its repository has them. */
const elsewhere = {
  '@bufbuild/protobuf': 'protobuf.txt',
  'onnxruntime-common': 'onnxruntime.txt',
  'onnxruntime-web': 'onnxruntime.txt',
};

function textsOf(folder, name) {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  if (files.length > 0) return files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (elsewhere[name] === undefined)
    throw new Error(`${name}: expected a license text in ${folder}, got none; add it to elsewhere`);
  return [readFileSync(join(app, 'scripts', 'licenses', elsewhere[name]), 'utf8').trim()];
}

const runtime = packageOf(require.resolve('onnxruntime-web'));
const folders = [...new Set([...bundledFiles().map(packageOf), runtime])];
const parts = folders.map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { name, text: [`${name} ${version} (${license})`, ...textsOf(folder, name)].join('\n\n') };
});
parts.sort((a, b) => (a.name < b.name ? -1 : 1));
const rule = `\n\n${'='.repeat(80)}\n\n`;
const head = 'The program floatpath holds parts of these packages, each under its own license.';
writeFileSync(
  join(app, 'dist', 'THIRD_PARTY_LICENSES'),
  `${[head, ...parts.map(({ text }) => text)].join(rule)}\n`,
);
rmSync(metafile);
