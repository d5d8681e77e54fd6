/**
 * The `lane` of every stream of purpose `attack`: two attacks never share bits. Part of what a seed means, so a
 * number is never changed or used again.
 */
export const lanes = {
  pgdStart: 1,
  eotPgdStart: 2,
  eotPgdNoise: 3,
  eotPgdCheck: 4,
  apgdStart: 5,
  apgdTargetedStart: 6,
  squareStart: 7,
  squareStep: 8,
  fabStart: 9,
  randomTarget: 10,
  hopSkipJumpStart: 11,
  hopSkipJumpDirection: 12,
} as const;
