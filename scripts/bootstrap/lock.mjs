import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './commands.mjs';

const POLL_MS = 200;
const UNNAMED_MS = 10_000;
const FOREIGN_MS = 15 * 60_000;
const PATIENCE_MS = 20 * 60_000;

/**
 * Runs `job` while no other process runs one under the same lock directory.
 *
 * @param job - gets `claim(pid)`, which adds a process to those whose end frees an abandoned lock
 */
export async function withLock(directory, job) {
  mkdirSync(dirname(directory), { recursive: true });
  const patience = Date.now() + PATIENCE_MS;
  let told = false;
  while (!take(directory)) {
    if (release(directory)) continue;
    if (!told) say(`waiting for another start of floatpath (lock ${directory})`);
    told = true;
    if (Date.now() > patience) {
      throw new Error(
        `waited ${PATIENCE_MS / 60_000} minutes; remove ${directory} and start again`,
      );
    }
    await sleep(POLL_MS);
  }
  const pids = [process.pid];
  const claim = (pid) => {
    pids.push(pid);
    name(directory, pids);
  };
  name(directory, pids);
  try {
    return await job(claim);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function take(directory) {
  try {
    mkdirSync(directory);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function name(directory, pids) {
  const owner = join(directory, 'owner');
  writeFileSync(`${owner}.new`, JSON.stringify({ host: hostname(), pids }));
  renameSync(`${owner}.new`, owner);
}

/** Clears a lock whose owner is gone. @returns true where it may be free now */
function release(directory) {
  const owner = ownerOf(directory);
  if (owner === undefined || !isStale(owner)) return owner === undefined;
  const grave = `${directory}-stale-${process.pid}`;
  try {
    // Only one waiter wins the rename.
    renameSync(directory, grave);
  } catch {
    return true;
  }
  rmSync(grave, { recursive: true, force: true });
  return true;
}

/** @returns undefined where there is no lock any more */
function ownerOf(directory) {
  let age;
  try {
    age = Date.now() - statSync(directory).mtimeMs;
    return { age, ...JSON.parse(readFileSync(join(directory, 'owner'), 'utf8')) };
  } catch {
    return age === undefined ? undefined : { age };
  }
}

function isStale({ age, pids, host }) {
  if (pids === undefined) return age > UNNAMED_MS;
  if (host !== hostname()) return age > FOREIGN_MS;
  return !pids.some(isAlive);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code !== 'ESRCH';
  }
  // Killed, but its parent has not noticed: a container's first process may never do.
  return !isZombie(pid);
}

function isZombie(pid) {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
