import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

function foldersIn(root) {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => ({ name, folder: `${parent}/${name}` })),
  );
}

/**
 * `--package NAME` (or `--package=NAME`, repeatable) becomes the folder that vitest runs; all else passes through.
 *
 * @throws Error where no package or app has that name
 */
export function testArguments(args, root) {
  const rest = [...args];
  const result = [];
  while (rest.length > 0) {
    const [flag, inline] = rest[0].split('=', 2);
    if (flag !== '--package') {
      result.push(rest.shift());
      continue;
    }
    rest.shift();
    const name = inline ?? rest.shift();
    const known = foldersIn(root).filter(({ folder }) =>
      existsSync(join(root, folder, 'package.json')),
    );
    const found = known.find((candidate) => candidate.name === name?.replace('@floatpath/', ''));
    if (found === undefined) {
      const names = known.map((candidate) => candidate.name).join(', ');
      throw new Error(`--package: expected one of ${names}, got ${name ?? 'nothing'}`);
    }
    result.push(`${found.folder}/`);
  }
  return result;
}
