/** First versions with require(esm), per release line. Later lines than the last are taken. */
const oldest = [
  [20, 19],
  [22, 13],
  [24, 0],
];

/** @returns one sentence, or undefined where `version` will do */
export function nodeVersionProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const line = oldest.find(([first]) => first === major);
  const newest = oldest[oldest.length - 1][0];
  const fits = line === undefined ? major > newest : minor >= line[1];
  if (fits) return undefined;
  return (
    `expected Node 20.19 or later, 22.13 or later, or 24 or later, got ${version} (${process.execPath}); ` +
    'install a current one from https://nodejs.org and start again'
  );
}
