const SQRT_2PI = 2.5066282746310002;
/**
 * Below this the series has lost less than five bits to cancellation; above it the fraction has
 * converged.
 */
const SERIES_LIMIT = 2;
const FRACTION_DEPTH = 100;

/** Phi(z) - 1/2 divided by the density: z + z^3/3 + z^5/(3 5) + ..., all terms positive. */
function seriesOverDensity(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 3; term > sum * 2 ** -60; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return sum;
}

/** The density at z over the survival function: z + 1/(z + 2/(z + 3/(z + ...))). */
function inverseMillsRatio(z: number): number {
  let fraction = z;
  for (let k = FRACTION_DEPTH; k >= 1; k -= 1) fraction = z + k / fraction;
  return fraction;
}

function upperTail(z: number): number {
  if (z < SERIES_LIMIT) return 0.5 - (seriesOverDensity(z) * Math.exp((-z * z) / 2)) / SQRT_2PI;
  // exp(-z^2/2) with z split after four binary places, so that the rounding of z^2 does not enter
  // the exponent (Cody 1969); applied in two halves, so that nothing underflows before the last
  // product.
  const head = Math.trunc(z * 16) / 16;
  const half = Math.exp((-head * head) / 4);
  const rest = Math.exp((-(z - head) * (z + head)) / 2);
  return half * (rest / (SQRT_2PI * inverseMillsRatio(z))) * half;
}

/**
 * P(Z > z) for a standard normal Z, to a relative error below 1e-14 wherever the result is a normal
 * number.
 *
 * @see Abramowitz, Stegun 26.2.11 (series), 26.2.14 (continued fraction)
 */
export function normalSurvival(z: number): number {
  if (Number.isNaN(z)) return NaN;
  if (z >= 40) return 0;
  if (z <= -40) return 1;
  return z >= 0 ? upperTail(z) : 1 - upperTail(-z);
}

/**
 * P(Z <= z) for a standard normal Z; accurate in the lower tail. Use {@link normalSurvival} for the
 * upper one.
 */
export function normalCdf(z: number): number {
  return normalSurvival(-z);
}
