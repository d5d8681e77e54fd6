import { dirname, resolve } from 'node:path';

/** Each cycle once, as the keys along it with the first repeated; `edges` maps a key to the keys it uses. */
function cyclesOf(edges) {
  const cycles = [];
  const finished = new Set();
  const trail = [];
  const visit = (key) => {
    const start = trail.indexOf(key);
    if (start >= 0) cycles.push([...trail.slice(start), key]);
    if (start >= 0 || finished.has(key)) return;
    trail.push(key);
    for (const next of edges.get(key) ?? []) visit(next);
    trail.pop();
    finished.add(key);
  };
  for (const key of edges.keys()) visit(key);
  return cycles;
}

/** Cycles between packages, development dependencies included: turbo refuses those too. */
export function packageCycles(rooms) {
  const edges = new Map(
    rooms.map(({ manifest }) => [
      manifest.name,
      Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }),
    ]),
  );
  return cyclesOf(edges).map((cycle) => `${cycle.join(' -> ')}: cycle between packages`);
}

/** Cycles of imports that exist when the program runs; imports of types alone are erased. */
export function fileCycles(files) {
  const known = new Set(files.map(({ path }) => path));
  const edges = new Map(
    files.map(({ path, imports }) => [
      path,
      imports
        .filter(({ specifier, erased }) => specifier.startsWith('.') && !erased)
        .map(({ specifier }) => resolve(dirname(path), specifier.replace(/\.js$/, '.ts')))
        .filter((target) => known.has(target)),
    ]),
  );
  return cyclesOf(edges);
}
