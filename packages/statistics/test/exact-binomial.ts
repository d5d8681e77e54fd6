/** 2^(bits n) P(Bin(n, p) >= k) for p = `numerator` / 2^`bits`: an exact integer. */
export function exactUpperTail(k: number, n: number, numerator: number, bits: number): bigint {
  const p = BigInt(numerator);
  const q = (1n << BigInt(bits)) - p;
  let term = p ** BigInt(n);
  let sum = k <= n ? term : 0n;
  for (let j = n; j > k; j -= 1) {
    // C(n, j-1) p^(j-1) q^(n-j+1) from its neighbour; exact, because the quotient is an integer.
    term = (term * BigInt(j) * q) / (BigInt(n - j + 1) * p);
    sum += term;
  }
  return sum;
}

/** Whether the probability of {@link exactUpperTail} is at most the double `level`, exactly. */
export function exactTailAtMost(
  k: number,
  n: number,
  numerator: number,
  bits: number,
  level: number,
): boolean {
  // A double in (2^-60, 1) is an integer multiple of 2^-113.
  const scaled = BigInt(level * 2 ** 60 * 2 ** 53);
  const total = BigInt(bits) * BigInt(n);
  return exactUpperTail(k, n, numerator, bits) << 113n <= scaled << total;
}
