import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Reports of every kind, by the program itself. */
const kinds = [
  { name: 'default', flags: ['--limit', '40'] },
  { name: 'no-images', flags: ['--limit', '20', '--n', '100', '--no-images'] },
  { name: 'no-failures', flags: ['--limit', '10', '--n', '100', '--epsilon', '0.001'] },
];

export function makeReports(root, folder) {
  const main = join(root, 'apps', 'cli', 'dist', 'main.js');
  return kinds.map(({ name, flags }) => {
    const out = join(folder, `report-${name}`);
    const args = [main, 'audit', ...flags, '--out', out, '--quiet'];
    execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    return { name, file: join(out, 'report.html') };
  });
}
