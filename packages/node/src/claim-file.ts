import { open, readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { FloatpathError } from '@floatpath/core';

/** Who claims a file. */
interface Claim {
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one of the same number; null where the system does not say. */
  readonly started: string | null;
}

/** When a process began, in ticks of a boot of this machine. Undefined where there is no such process, or no /proc. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const [boot, facts] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'latin1'),
    ]);
    // The name in parentheses may hold spaces; the 20th field after it is the start.
    const ticks = facts.slice(facts.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot.trim()} ${ticks ?? ''}`;
  } catch {
    return undefined;
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the process behind a claim is certainly gone. */
async function isOver({ pid, host, started }: Claim): Promise<boolean> {
  if (host !== hostname()) return false;
  if (!runs(pid)) return true;
  const start = await startOf(pid);
  return started !== null && start !== undefined && start !== started;
}

async function readClaim(path: string): Promise<Claim | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as Claim);
  } catch {
    // Cut off by a crash, or being written at this moment by a process that has not looked at ours yet.
    const pid = Number(/\.(\d+)\.lock$/.exec(path)?.[1]);
    return { pid, host: hostname(), started: null };
  }
}

/** Claims of others beside ours whose process may be at work; those of dead processes are taken away. */
async function liveClaim(path: string, mine: string): Promise<[string, Claim] | undefined> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.`;
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith(prefix) && /^\d+\.lock$/.test(name.slice(prefix.length)),
  );
  for (const name of names) {
    const file = join(folder, name);
    if (file === mine) continue;
    const claim = await readClaim(file);
    if (claim === undefined) continue;
    if (!(await isOver(claim))) return [file, claim];
    await rm(file, { force: true });
  }
  return undefined;
}

function taken(path: string, file: string, { pid, host }: Claim): FloatpathError {
  const where = host === hostname() ? '' : ` on ${host}`;
  return new FloatpathError(
    'output-not-writable',
    `claimFile: expected to be the only one to write ${path}, got process ${pid}${where} at work on it; wait for it or end it, or choose another --out${where === '' ? '' : `; if it is gone, delete ${file}`}`,
  );
}

/** Nothing has been written yet, so nothing is kept. */
function notToBeWritten(path: string, cause: unknown): FloatpathError {
  const { code = String(cause) } = cause as NodeJS.ErrnoException;
  const cure = code === 'ENOENT' ? 'make its folder, or choose' : 'choose';
  return new FloatpathError(
    'output-not-writable',
    `claimFile: expected to write ${path.replace(/\.partial$/, '')}, got ${code}; ${cure} another --out`,
    { cause },
  );
}

/**
 * Claims a file for this process until the claim is disposed of. A claim is a file of its own beside the file, `<path>.<pid>.lock`, and
 * everybody looks for others' only after having written their own: two that come at once may both be refused, but never both be let in.
 * What a killed process leaves behind is recognized by its number and start time and taken away.
 *
 * @throws {FloatpathError} `output-not-writable` naming the process that has the file, or why none can lie there
 */
export async function claimFile(path: string): Promise<AsyncDisposable> {
  const mine = `${path}.${process.pid}.lock`;
  const claim: Claim = {
    pid: process.pid,
    host: hostname(),
    started: (await startOf(process.pid)) ?? null,
  };
  const earlier = await readClaim(mine);
  if (earlier !== undefined) {
    if (!(await isOver(earlier))) throw taken(path, mine, earlier);
    await rm(mine, { force: true });
  }
  const file = await open(mine, 'wx').catch((error: unknown) => {
    throw notToBeWritten(path, error);
  });
  try {
    await file.writeFile(JSON.stringify(claim));
  } finally {
    await file.close();
  }
  const release = (): Promise<void> => rm(mine, { force: true });
  try {
    const other = await liveClaim(path, mine);
    if (other !== undefined) throw taken(path, ...other);
  } catch (error) {
    await release();
    throw error;
  }
  return { [Symbol.asyncDispose]: release };
}
