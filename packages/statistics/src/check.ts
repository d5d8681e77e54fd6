/** A leaf has no error class of its own: arguments out of range are a RangeError. */
export function requireRange(holds: boolean, message: string): asserts holds {
  if (!holds) throw new RangeError(message);
}

export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
export const isOpenUnit = (value: number): boolean => value > 0 && value < 1;
export const isClosedUnit = (value: number): boolean => value >= 0 && value <= 1;
