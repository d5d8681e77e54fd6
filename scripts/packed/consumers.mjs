// Every library package as its user meets it: installed by npm into an empty project, and its README's example type
// checked by TypeScript, run by Node as JavaScript, and built into a web page by Vite.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import ts from 'typescript';
import { consumerProject, must, readmeExample } from './consumer-project.mjs';
import { pageProblems } from './page.mjs';

const budgets = JSON.parse(readFileSync(new URL('./size-budgets.json', import.meta.url), 'utf8'));

/** TypeScript's own two ways of finding packages, at their strictest. */
function checkTypes(folder, root) {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    lib: ['es2022', 'esnext.disposable', 'dom'],
    types: ['node'],
    skipLibCheck: false,
  };
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    const config = {
      compilerOptions: { ...compilerOptions, module, moduleResolution },
      files: ['example.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    must(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'], folder);
  }
}

function asJavaScript(example) {
  const { ES2022, ESNext } = ts.ScriptTarget;
  const compilerOptions = { target: ES2022, module: ESNext, verbatimModuleSyntax: true };
  return ts.transpileModule(example, { compilerOptions }).outputText;
}

/** A page that loads every entry of the package, and runs the example where that needs no Node. */
function writePage(packed, example, folder) {
  const entries = Object.keys(packed.manifest.exports).filter(
    (entry) => entry !== './package.json',
  );
  const imports = entries.map(
    (entry, index) => `import * as m${index} from '${packed.manifest.name}${entry.slice(1)}';`,
  );
  const counts = entries.map((_, index) => `Object.keys(m${index}).length`);
  const runs = /from '(node:|onnxruntime-node)/.test(example)
    ? ''
    : `await import('./example.mjs');`;
  const lines = [...imports, runs, `document.title = String([${counts.join(', ')}]);`];
  writeFileSync(join(folder, 'page.js'), lines.join('\n'));
  const html = '<!doctype html><script type="module" src="/page.js"></script>';
  writeFileSync(join(folder, 'index.html'), html);
  const config = `export default { logLevel: 'warn', build: { target: 'es2022', modulePreload: false } };`;
  writeFileSync(join(folder, 'vite.config.js'), config);
}

/** Kilobytes of script, gzipped, that the page carries. */
function pageSize(folder) {
  const assets = join(folder, 'dist/assets');
  const scripts = readdirSync(assets).filter((name) => /\.m?js$/.test(name));
  return (
    scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0) / 1000
  );
}

function checkPage(packed, example, folder, root) {
  const { name } = packed.manifest;
  writePage(packed, example, folder);
  const built = must(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build'],
    folder,
  );
  assert.doesNotMatch(built, /externalized for browser/, `${name} needs Node in a page: ${built}`);
  const size = pageSize(folder);
  const budget = budgets[name];
  assert.ok(budget !== undefined, `${name}: no size budget in scripts/packed/size-budgets.json`);
  assert.ok(size <= budget, `${name}: ${size.toFixed(1)} kB of script in a page, budget ${budget}`);
  return size;
}

/**
 * @param packages - packed, with `manifest`, `tarball` and `files`
 * @param work - an empty folder
 * @returns one line a package; throws where one fails
 */
export async function checkConsumers(packages, work, root) {
  const lines = [];
  for (const packed of packages.filter(({ manifest }) => manifest.exports !== undefined)) {
    const { name } = packed.manifest;
    const folder = consumerProject(packed, packages, join(work, name.replace('/', '-')), root);
    const example = readmeExample(packed);
    writeFileSync(join(folder, 'example.ts'), example);
    checkTypes(folder, root);
    writeFileSync(join(folder, 'example.mjs'), asJavaScript(example));
    must(process.execPath, ['example.mjs'], folder);
    if (name === '@floatpath/node') {
      lines.push(`${name}: types, Node`);
      continue;
    }
    const size = checkPage(packed, example, folder, root);
    const problems = await pageProblems(join(folder, 'dist'));
    assert.deepEqual(problems.found, [], `${name} in a page`);
    lines.push(`${name}: types, Node, page of ${size.toFixed(1)} kB${problems.note}`);
  }
  return lines;
}
