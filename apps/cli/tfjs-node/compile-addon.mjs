import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { firstCommand, npm, run, say } from './run-command.mjs';
import { librariesIn } from './tensorflow-library.mjs';

/** The newest Node-API version that tfjs-node 4.22.0 looks for. */
const NODE_API = 8;

/** Node-API headers: those of this Node where it came with them, else from npm; they are the same for every Node. */
function withHeaders(use) {
  const own = join(dirname(dirname(realpathSync(process.execPath))), 'include', 'node');
  if (existsSync(join(own, 'node_api.h'))) return use(own);
  const folder = mkdtempSync(join(tmpdir(), 'node-api-headers-'));
  try {
    const flags = ['--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
    npm(['install', ...flags, 'node-api-headers@1.5.0'], folder);
    return use(join(folder, 'node_modules', 'node-api-headers', 'include'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Flags that leave Node's own symbols open and find the libraries beside the addon, wherever the folder is moved. */
const linking = {
  linux: ['-shared', '-Wl,-rpath,$ORIGIN/../../deps/lib'],
  darwin: ['-bundle', '-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path/../../deps/lib'],
};

/** Compiles `binding/*.cc` of tfjs-node, as its binding.gyp says, to where the package looks for its addon. */
export function compileAddon(folder, deps) {
  const compiler = firstCommand('C++ compiler', [process.env.CXX, 'c++', 'g++', 'clang++']);
  const library = join(deps, 'lib');
  const { main, framework } = librariesIn(library);
  const target = join(folder, 'lib', `napi-v${NODE_API}`);
  mkdirSync(target, { recursive: true });
  say(`compiling the addon with ${compiler}`);
  const libraries = [main, framework].filter(Boolean).map((name) => join(library, name));
  withHeaders((headers) =>
    run(compiler, [
      ...['-std=c++17', '-O2', '-fPIC', `-DNAPI_VERSION=${NODE_API}`],
      '-DNODE_GYP_MODULE_NAME=tfjs_binding',
      ...[headers, folder, join(deps, 'include')].map((include) => `-I${include}`),
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((source) => join(folder, 'binding', source)),
      ...linking[process.platform],
      ...libraries,
      ...['-o', join(target, 'tfjs_binding.node')],
    ]),
  );
}
