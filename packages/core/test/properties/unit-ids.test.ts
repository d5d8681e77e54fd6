import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseUnitId, sizeOf, unitId } from '../../src/index.js';

test('a printed unit id is read back, and no two units share one', () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 });
  fc.assert(
    fc.property(shapes, fc.string({ minLength: 1 }), (rowShape, gate) => {
      const units = Array.from({ length: sizeOf(rowShape) }, (_, index) => ({ gate, index }));
      const ids = units.map((unit) => unitId(unit, rowShape));
      expect(ids.map((id) => parseUnitId(id, rowShape))).toEqual(units);
      expect(new Set(ids).size).toBe(ids.length);
    }),
  );
});
