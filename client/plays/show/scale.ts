/** Where an axis ends: at a number that is easy to read, and that does not change with every unit more. */

/** Half of each is a whole number, too, for the line in the middle. */
const FEW = [4, 6, 8, 10] as const;
const STEPS = [1, 2, 3, 4, 5, 6, 8, 10] as const;

/** The least easy number not below `value`, in multiples of `unit`; at least four of them. */
export function niceTop(value: number, unit = 1): number {
  const units = Math.max(4, Math.ceil(value / unit));
  const power = 10 ** Math.floor(Math.log10(units));
  for (const step of power === 1 ? FEW : STEPS) {
    const top = step * power;
    if (top >= units) return top * unit;
  }
  return 10 * power * unit;
}

/** From nothing, or from below it where more was given back than came in. */
export function niceRange(min: number | null, max: number | null, unit = 1): [number, number] {
  const top = niceTop(Math.max(0, max ?? 0), unit);
  return [(min ?? 0) < 0 ? -niceTop(-(min ?? 0), unit) : 0, top];
}

/**
 * Where the scale of a backdrop ends: with the axis while that holds it, so that its height can be read there; beyond,
 * so high that the backdrop fills most of the picture and never stands above what it is.
 */
export function hillTop(max: number, axisTop: number): number {
  return max <= axisTop ? axisTop : max * 1.15;
}
