import {
  FloatpathError,
  requireArgument,
  sizeOf,
  type AttackOptions,
  type Classifier,
  type Criterion,
  type Float32Tensor,
  type Region,
} from '@floatpath/core';

/**
 * Refuses what no attack can answer honestly.
 *
 * @throws {FloatpathError} `shape-mismatch`, `invalid-data` (x not finite, outside the bounds or the box), `invalid-argument`
 */
export function requireInputs(
  classifier: Classifier,
  x: Float32Tensor,
  criterion: Criterion,
  region: Region,
  options: AttackOptions,
): void {
  const [rows = 0, ...shape] = x.shape;
  const wanted = classifier.inputShape;
  requireShape(
    x.shape.length > 0 && shape.length === wanted.length && shape.every((n, i) => n === wanted[i]),
    `attack: expected x of shape [rows, ${wanted.join(', ')}], got [${x.shape.join(', ')}]`,
  );
  requireShape(
    options.images.length === rows,
    `attack: expected ${rows} image ids, one per row of x, got ${options.images.length}`,
  );
  if (criterion.kind === 'linear') requireConstraints(criterion, classifier.classes);
  else requireLabels(criterion, rows, classifier.classes);
  requireArgument(
    Number.isInteger(options.batchSize) && options.batchSize > 0,
    `attack: expected batchSize a positive integer, got ${options.batchSize}`,
  );
  requireWithinBounds(x, classifier.bounds);
  if (region.kind === 'ball') requireEpsilon(region, classifier);
  else requireBox(region, x);
}

function requireShape(holds: boolean, message: string): void {
  if (!holds) throw new FloatpathError('shape-mismatch', message);
}

function requireClasses(labels: Int32Array, classes: number, what: string): void {
  labels.forEach((label, row) => {
    requireArgument(
      label >= 0 && label < classes,
      `attack: expected ${what} in [0, ${classes}), got ${label} at row ${row}`,
    );
  });
}

function requireLabels(
  criterion: Exclude<Criterion, { kind: 'linear' }>,
  rows: number,
  classes: number,
): void {
  requireShape(
    criterion.labels.length === rows,
    `attack: expected ${rows} labels, one per row of x, got ${criterion.labels.length}`,
  );
  requireClasses(criterion.labels, classes, 'labels');
  if (criterion.kind === 'targeted') requireTargets(criterion, rows, classes);
}

function requireConstraints(
  { anyOf }: Extract<Criterion, { kind: 'linear' }>,
  classes: number,
): void {
  requireArgument(
    anyOf.length > 0 && anyOf.every((conjunction) => conjunction.length > 0),
    'attack: expected a linear criterion of conjunctions with constraints, got an empty one',
  );
  for (const { weights, bound } of anyOf.flat()) {
    requireArgument(
      weights.length === classes && [...weights, bound].every(Number.isFinite),
      `attack: expected constraints of ${classes} finite weights and a finite bound, got [${weights.join(', ')}] <= ${bound}`,
    );
  }
}

function requireTargets(
  { labels, targets }: Extract<Criterion, { kind: 'targeted' }>,
  rows: number,
  classes: number,
): void {
  requireShape(
    targets.length === rows,
    `attack: expected ${rows} targets, one per row of x, got ${targets.length}`,
  );
  requireClasses(targets, classes, 'targets');
  targets.forEach((target, row) => {
    requireArgument(
      target !== labels[row],
      `attack: expected targets other than the labels, got ${target} for both at row ${row}`,
    );
  });
}

function requireWithinBounds(x: Float32Tensor, bounds: Classifier['bounds']): void {
  const low = Math.fround(bounds[0]);
  const high = Math.fround(bounds[1]);
  const at = x.data.findIndex((value) => !(value >= low && value <= high));
  if (at < 0) return;
  const row = Math.floor(at / sizeOf(x.shape.slice(1)));
  throw new FloatpathError(
    'invalid-data',
    `attack: expected x within the bounds [${bounds[0]}, ${bounds[1]}], got ${x.data[at] ?? NaN} at row ${row}; hand over inputs before normalization and put mean and std inside the model`,
  );
}

function requireEpsilon(
  { norm, epsilon }: Extract<Region, { kind: 'ball' }>,
  { bounds, inputShape }: Classifier,
): void {
  requireArgument(
    Number.isFinite(epsilon) && epsilon >= 0,
    `attack: expected epsilon a finite number >= 0, got ${epsilon}`,
  );
  const width = bounds[1] - bounds[0];
  const size = sizeOf(inputShape);
  const diameter = norm === 'linf' ? width : norm === 'l2' ? width * Math.sqrt(size) : width * size;
  requireArgument(
    epsilon <= diameter,
    `attack: expected epsilon at most ${diameter}, the ${norm} diameter of the bounds [${bounds[0]}, ${bounds[1]}], got ${epsilon}; epsilon is in input units, for example 8/255 rather than 8`,
  );
}

function requireBox({ low, high }: Extract<Region, { kind: 'box' }>, x: Float32Tensor): void {
  requireShape(
    low.data.length === x.data.length && high.data.length === x.data.length,
    `attack: expected box corners of shape [${x.shape.join(', ')}], got [${low.shape.join(', ')}] and [${high.shape.join(', ')}]`,
  );
  const outside = x.data.findIndex(
    (value, i) => !((low.data[i] ?? NaN) <= value && value <= (high.data[i] ?? NaN)),
  );
  if (outside < 0) return;
  throw new FloatpathError(
    'invalid-data',
    `attack: expected x inside the box, got ${x.data[outside] ?? NaN} outside [${low.data[outside] ?? NaN}, ${high.data[outside] ?? NaN}] at element ${outside}; start from the center of the box`,
  );
}
