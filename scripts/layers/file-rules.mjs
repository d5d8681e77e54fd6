import { isBuiltin } from 'node:module';
import { basename, dirname, join } from 'node:path';

const MOST_LINES = 400;

const isTest = (path) =>
  /\.(test|test-d|bench|deep)\.m?tsx?$/.test(path) || path.includes('/test/');
const isGenerated = (path) => path.endsWith('_pb.ts');

/** `@floatpath/engine/ort` -> `@floatpath/engine` */
function packageOf(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function dependenciesOf(manifest, test) {
  return new Set([
    manifest.name,
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.optionalDependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
    ...(test ? Object.keys(manifest.devDependencies ?? {}) : []),
  ]);
}

/** Tools that every test may use from the workspace root. */
const testTools = new Set(['vitest', 'fast-check', 'typescript']);

function checkImport({ specifier, line }, path, room, { arrows }) {
  const test = isTest(path);
  const here = `line ${line}`;
  if (specifier.startsWith('.')) {
    const target = join(dirname(path), specifier);
    const inside = target.startsWith(`${path.split('/').slice(0, 2).join('/')}/`);
    const deep = /\/(test\/deep|bench)\//.test(path) && target.startsWith('scripts/');
    return inside || deep
      ? []
      : [`${here} leaves its package by "${specifier}"; import the package's name`];
  }
  if (isBuiltin(specifier)) {
    const free = test || room.kind === 'app' || room.name === 'node';
    return free ? [] : [`${here} imports "${specifier}"; only packages/node and apps may`];
  }
  const dependency = packageOf(specifier);
  const problems = [];
  if (room.kind === 'package' && dependency.startsWith('@floatpath/')) {
    const target = dependency.slice('@floatpath/'.length);
    const allowed = [room.name, ...(arrows[room.name] ?? []), ...(test ? ['testing'] : [])];
    if (!allowed.includes(target)) {
      problems.push(
        `${here} imports ${dependency}; there is no arrow from ${room.name} to ${target}`,
      );
    }
  }
  // An app bundles what it uses, so its development dependencies count.
  const declared = dependenciesOf(room.manifest, test || room.kind === 'app');
  if (!declared.has(dependency) && !(test && testTools.has(dependency))) {
    problems.push(`${here} imports ${dependency}, which package.json does not declare`);
  }
  return problems;
}

/** @param file - source facts, with `path` relative to the root */
export function checkFile(file, room, rules) {
  const { path } = file;
  const problems = file.imports.flatMap((imported) => checkImport(imported, path, room, rules));
  if (!isGenerated(path) && file.lines > MOST_LINES) {
    problems.push(`${file.lines} lines; split it (at most ${MOST_LINES})`);
  }
  if (/^utils?\./.test(basename(path))) problems.push('name it after what is in it, not utils');
  if (isTest(path)) return problems;
  if (!rules.opFolders.some((folder) => path.startsWith(`${folder}/`))) {
    problems.push(
      ...file.opQuestions.map((line) => `line ${line} asks for an op type; ask its role`),
    );
  }
  problems.push(
    ...file.starExports.map((line) => `line ${line} has export *; name what is exported`),
  );
  if (room.kind === 'package') {
    problems.push(...file.defaultExports.map((line) => `line ${line} has a default export`));
  }
  return problems;
}
