const scope = '@floatpath/';

const namesOf = (dependencies) => Object.keys(dependencies ?? {});

/** The arrows as package.json declares them. Development dependencies may add `testing` and third parties only. */
export function checkManifest({ name, kind, manifest }, { arrows, leaves }) {
  if (kind === 'app') return [];
  if (!Object.hasOwn(arrows, name)) return ['unknown package; give it a row in the arrows table'];
  const problems = [];
  if (manifest.name !== scope + name) {
    problems.push(`expected the name ${scope}${name}, got ${manifest.name}`);
  }
  const runtime = [
    ...namesOf(manifest.dependencies),
    ...namesOf(manifest.optionalDependencies),
    ...namesOf(manifest.peerDependencies),
  ];
  for (const dependency of [...runtime, ...namesOf(manifest.devDependencies)]) {
    if (!dependency.startsWith(scope)) continue;
    const target = dependency.slice(scope.length);
    const allowed = arrows[name].includes(target);
    const development = target === 'testing' && !runtime.includes(dependency);
    if (!allowed && !development) {
      problems.push(`depends on ${dependency}; there is no arrow from ${name} to ${target}`);
    }
  }
  if (leaves.includes(name) && runtime.some((dependency) => !dependency.startsWith(scope))) {
    problems.push('is a leaf; it may have no third-party dependency');
  }
  return problems;
}
