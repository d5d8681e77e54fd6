import { FloatpathError, type Arithmetic, type Engine } from '@floatpath/core';

/** @throws {FloatpathError} `invalid-argument` for counts labelled `grid` on an engine whose rows may depend on their batch */
export function requireGridEngine(doing: string, engine: Engine, arithmetic: Arithmetic): void {
  if (arithmetic !== 'grid' || engine.batchDependent !== true) return;
  throw new FloatpathError(
    'invalid-argument',
    `${doing}: expected an engine whose rows do not depend on their batch for grid noise, got ${engine.name}; use noise in floats, or an engine on the CPU`,
  );
}
