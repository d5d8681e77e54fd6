import { clip, type LinearForm, type Polygon } from './polygon.js';

/** Where each of several forms is the greatest (sign 1) or least (-1); equal ones go to the first. */
export function winnersOn(
  polygon: Polygon,
  candidates: readonly { readonly piece: number; readonly form: LinearForm }[],
  sign: 1 | -1,
): { readonly piece: number; readonly polygon: Polygon }[] {
  const won: { piece: number; polygon: Polygon }[] = [];
  const lead = (a: LinearForm, b: LinearForm): LinearForm => [
    sign * (a[0] - b[0]),
    sign * (a[1] - b[1]),
    sign * (a[2] - b[2]),
  ];
  let before: LinearForm[] = [];
  for (const { piece, form } of candidates) {
    // A form equal to an earlier one everywhere never wins.
    if (before.some((other) => lead(form, other).every((difference) => difference === 0))) continue;
    const leads = candidates
      .filter((other) => other.form !== form)
      .map((other) => lead(form, other.form))
      .filter((difference) => difference.some((value) => value !== 0));
    const part = clip(polygon, leads);
    if (part !== undefined) won.push({ piece, polygon: part });
    before = [...before, form];
  }
  return won;
}
