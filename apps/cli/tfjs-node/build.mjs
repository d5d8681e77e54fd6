// `npm run tfjs-node`, or `node node_modules/floatpath/tfjs-node/build.mjs` in your own project: makes
// @tensorflow/tfjs-node usable where its own installer fails. The package comes from npm without its install script,
// libtensorflow from the TensorFlow wheel of Python's package index, and the addon is compiled against both.
//
//   --into FOLDER         the project whose node_modules gets it (default: the current folder)
//   --tensorflow FOLDER   a libtensorflow that is there already: FOLDER/include/tensorflow/c/c_api.h and the libraries
//                         in FOLDER or FOLDER/lib
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { addonProblem } from './check-addon.mjs';
import { compileAddon } from './compile-addon.mjs';
import { npm, say } from './run-command.mjs';
import { fetchTensorflow, linkTensorflow } from './tensorflow-library.mjs';

const PACKAGE = '@tensorflow/tfjs-node';
const VERSION = '4.22.0';

function installPackage(project) {
  const folder = join(project, 'node_modules', ...PACKAGE.split('/'));
  if (existsSync(join(folder, 'binding.gyp'))) return folder;
  say(`fetching ${PACKAGE} ${VERSION} without its install script`);
  mkdirSync(project, { recursive: true });
  const manifest = join(project, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  npm(['install', ...flags, `${PACKAGE}@${VERSION}`], project);
  return folder;
}

function build({ into, tensorflow }) {
  if (process.platform === 'win32') {
    throw new Error('there is no way for Windows yet; use --engine ort or --engine tfjs');
  }
  const project = resolve(into);
  const folder = installPackage(project);
  if (addonProblem(project) === undefined) return;
  const deps = join(folder, 'deps');
  if (tensorflow === undefined) fetchTensorflow(deps);
  else linkTensorflow(resolve(tensorflow), deps);
  compileAddon(folder, deps);
  const problem = addonProblem(project);
  if (problem !== undefined) throw new Error(`the addon was built but does not run: ${problem}`);
}

const options = { into: { type: 'string', default: '.' }, tensorflow: { type: 'string' } };
let asked;
try {
  asked = parseArgs({ options }).values;
} catch (error) {
  say(error.message);
  process.exitCode = 2;
}
if (asked !== undefined) {
  try {
    build(asked);
    say(`${PACKAGE} ${VERSION} runs in ${resolve(asked.into)}`);
  } catch (error) {
    say(`cannot build: ${error.message}`);
    process.exitCode = 3;
  }
}
