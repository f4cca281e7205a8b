/** How likely chance alone is to spread counts this unevenly, computed exactly. */

/** Σ (count − expected)² / expected. */
export function chiSquare(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** ln Γ(a) of a half of a whole number, by Γ(a + 1) = a · Γ(a) from Γ(1) = 1 or Γ(1/2) = √π. */
function logGammaOfHalves(a: number): number {
  let value = Number.isInteger(a) ? 0 : Math.log(Math.PI) / 2;
  for (let at = Number.isInteger(a) ? 1 : 0.5; at < a; at += 1) value += Math.log(at);
  return value;
}

/**
 * The chance of a chi-square value at least this large: 1 − P(freedom / 2, value / 2), where P is the regularised lower
 * incomplete gamma function, by its power series (Abramowitz and Stegun 6.5.29). Good to some ten digits where the
 * answer is not much smaller than that.
 */
export function chanceOf(value: number, freedom: number): number {
  const [a, x] = [freedom / 2, value / 2];
  if (x === 0) return 1;
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * 1e-16; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return 1 - sum * Math.exp(a * Math.log(x) - x - logGammaOfHalves(a));
}
