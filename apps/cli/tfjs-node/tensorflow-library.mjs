import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { firstCommand, run, say } from './run-command.mjs';

const VERSION = '2.21.0';

/** The wheels with the C library, by platform. `tensorflow-cpu` is the same library without CUDA. */
const wheels = {
  'linux x64': { name: 'tensorflow-cpu', platform: 'manylinux_2_27_x86_64' },
  'linux arm64': { name: 'tensorflow', platform: 'manylinux_2_27_aarch64' },
  'darwin arm64': { name: 'tensorflow', platform: 'macosx_12_0_arm64' },
};

/** What the addon is compiled and linked with, out of a wheel of a gigabyte. */
const unpack = `
import sys, zipfile
folders = ('tensorflow/c/', 'tensorflow/core/platform/', 'tsl/', 'xla/tsl/')
def wanted(name):
    rest = name.removeprefix('tensorflow/include/')
    header = rest != name and rest.endswith('.h') and rest.startswith(folders)
    return header or name.startswith(('tensorflow/libtensorflow_cc.', 'tensorflow/libtensorflow_framework.'))
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        if wanted(name):
            wheel.extract(name, sys.argv[2])
`;

/** Both libraries in a folder, by what they are called here: `libtensorflow_cc` or `libtensorflow`, and the framework. */
export function librariesIn(folder) {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const find = (stem) => names.find((name) => new RegExp(`^${stem}\\.(so|.*dylib)`).test(name));
  const main = find('libtensorflow_cc') ?? find('libtensorflow');
  return main === undefined ? undefined : { main, framework: find('libtensorflow_framework') };
}

/** Relative, so that the project may be moved. */
const link = (target, path) => symlinkSync(relative(dirname(path), target), path);

/** Makes `deps/include` and `deps/lib` from a folder that holds headers and libraries. */
export function linkTensorflow(from, deps) {
  const library = [join(from, 'lib'), from].find((folder) => librariesIn(folder) !== undefined);
  const header = join('include', 'tensorflow', 'c', 'c_api.h');
  if (library === undefined || !existsSync(join(from, header))) {
    throw new Error(`expected libtensorflow and ${header} in ${from}, found no such thing`);
  }
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, 'lib'), { recursive: true });
  link(join(from, 'include'), join(deps, 'include'));
  for (const name of readdirSync(library).filter((name) => /^lib.*\.(so|dylib)/.test(name)))
    link(join(library, name), join(deps, 'lib', name));
}

/** Fetches the wheel through pip and keeps headers and libraries beside `deps`. */
export function fetchTensorflow(deps) {
  const wheel = wheels[`${process.platform} ${process.arch}`];
  if (wheel === undefined) {
    throw new Error(
      `there is no TensorFlow wheel for ${process.platform} ${process.arch}; give a libtensorflow with --tensorflow FOLDER`,
    );
  }
  const unpacked = `${deps}-tensorflow-${VERSION}`;
  if (!existsSync(join(unpacked, '.done'))) {
    const python = firstCommand('Python', [process.env.PYTHON, 'python3', 'python']);
    rmSync(unpacked, { recursive: true, force: true });
    mkdirSync(unpacked, { recursive: true });
    const folder = mkdtempSync(join(unpacked, 'wheel-'));
    say(`fetching the ${wheel.name} ${VERSION} wheel (about 270 MB) through pip`);
    const which = [
      '--python-version',
      '3.11',
      '--implementation',
      'cp',
      '--platform',
      wheel.platform,
    ];
    const flags = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--quiet'];
    const wanted = `${wheel.name}==${VERSION}`;
    run(python, ['-m', 'pip', 'download', ...flags, ...which, '--dest', folder, wanted]);
    const [file] = readdirSync(folder);
    say('unpacking the library and its headers (about 850 MB)');
    run(python, ['-c', unpack, join(folder, file), unpacked]);
    rmSync(folder, { recursive: true });
    mkdirSync(join(unpacked, '.done'));
  }
  linkTensorflow(join(unpacked, 'tensorflow'), deps);
}
