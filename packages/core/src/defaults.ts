/** Defaults shared by library, CLI and docs. Sigma and epsilon have none: a silent one is a silent claim. */
export const defaults = {
  seed: 0,
  n0: 100,
  n: 10_000,
  alpha: 0.001,
  /** Clean accuracy below chance + this share of the rest stops with a hint. */
  minimumSkill: 0.15,
} as const;

/** What a command's exit status means. */
export const exitCode = {
  done: 0,
  no: 1,
  badInput: 2,
  failed: 3,
  interrupted: 130,
  terminated: 143,
} as const;

/** Versioned names written into every file. */
export const fileSchema = {
  report: 'floatpath/report@1',
  counts: 'floatpath/counts@1',
  calibration: 'floatpath/calibration@2',
} as const;
