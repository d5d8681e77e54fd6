// `pnpm layers [ROOT]`: the house rules that a type checker cannot see. Exit status 1 and one line per violation.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { fileCycles, packageCycles } from './layers/cycles.mjs';
import { checkFile } from './layers/file-rules.mjs';
import { checkManifest } from './layers/manifest-rules.mjs';
import { sourceFacts } from './layers/source-facts.mjs';

const everywhere = ['core', 'statistics'];
const engine = [...everywhere, 'engine', 'model-io'];
const paths = [...engine, 'activation-patterns', 'path-decomp', 'smoothing'];
const library = [...paths, 'attacks', 'sc-rfp', 'audit'];

/** The arrows of the house: package to the packages that it may use. Nothing else. */
export const arrows = {
  core: [],
  statistics: [],
  'model-io': everywhere,
  attacks: everywhere,
  smoothing: everywhere,
  engine: [...everywhere, 'model-io'],
  'activation-patterns': [...everywhere, 'engine'],
  'path-decomp': [...everywhere, 'activation-patterns', 'engine'],
  'sc-rfp': [...everywhere, 'path-decomp', 'activation-patterns', 'engine', 'smoothing'],
  audit: library.filter((name) => name !== 'audit'),
  node: library,
  testing: ['core'],
};

/** Packages that may have no third-party dependency. */
export const leaves = ['core', 'statistics'];

/** Folders in which an op's type may be asked for; elsewhere ask for its role. */
export const opFolders = ['packages/engine/src/ops', 'packages/model-io/src'];

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return /\.m?tsx?$/.test(entry.name) ? [path] : [];
  });
}

function foldersIn(parent) {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(parent, entry.name));
  } catch {
    return [];
  }
}

function readRoom(folder, kind) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = ['src', 'test'].flatMap((part) =>
    foldersIn(folder)
      .filter((path) => basename(path) === part)
      .flatMap(filesBelow),
  );
  return { name: basename(folder), kind, folder, manifest, files };
}

/** @returns one sentence per violation, each beginning with the file's path from `root` */
export function checkLayers(root) {
  const rooms = [
    ...foldersIn(join(root, 'packages')).map((folder) => readRoom(folder, 'package')),
    ...foldersIn(join(root, 'apps')).map((folder) => readRoom(folder, 'app')),
  ];
  const problems = packageCycles(rooms);
  for (const room of rooms) {
    const shown = (path) => relative(root, path).split(sep).join('/');
    const rules = { arrows, leaves, opFolders };
    problems.push(...checkManifest(room, rules).map((p) => `${shown(room.folder)}: ${p}`));
    const facts = room.files.map((path) => ({ path, ...sourceFacts(path) }));
    for (const file of facts) {
      const path = shown(file.path);
      problems.push(...checkFile({ ...file, path }, room, rules).map((p) => `${path}: ${p}`));
    }
    problems.push(...fileCycles(facts).map((cycle) => `${cycle.map(shown).join(' -> ')}: cycle`));
  }
  return problems;
}

if (resolve(argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const root = resolve(argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))));
  const problems = checkLayers(root);
  for (const problem of problems) console.error(problem);
  console.log(
    problems.length === 0 ? 'layers: all rules hold' : `layers: ${problems.length} broken`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}
