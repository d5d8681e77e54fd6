/** Endless numbers read from a short list that fast-check can shrink: no raw doubles, ties are common. */
export interface NumberPool {
  /** Integers that everything is made of. */
  readonly integers: readonly number[];
  /** `dyadic` numbers are exact in every precision, `decimal` ones are rounded. */
  readonly steps: 'dyadic' | 'decimal';
}

/** Largest integer of a pool, in absolute value. */
export const POOL_LIMIT = 8;

/** The `index`-th integer of the pool, in [-8, 8]; 0 for an empty pool. */
export function poolInteger(pool: NumberPool, index: number): number {
  const { integers } = pool;
  if (integers.length === 0) return 0;
  // Knuth's multiplicative hash: neighbors read unrelated places.
  const place = (Math.imul(index + 1, 2654435761) >>> 8) % integers.length;
  return integers[place] as number;
}

/** The `index`-th number of the pool, in [-scale, scale]. */
export function poolNumber(pool: NumberPool, index: number, scale: number): number {
  const integer = poolInteger(pool, index);
  if (pool.steps === 'dyadic') return (integer / POOL_LIMIT) * 2 ** Math.round(Math.log2(scale));
  return Math.round((integer / POOL_LIMIT) * scale * 100) / 100;
}
