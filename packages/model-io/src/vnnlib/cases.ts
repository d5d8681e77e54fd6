import type { Atom } from './formula.js';
import type { VnnlibCase, VnnlibConstraint, VnnlibTerm } from './spec.js';

const indexOf = (name: string): number => Number(name.slice(2));

function termsOf({ expression }: Atom, letter: 'X' | 'Y'): VnnlibTerm[] {
  return [...expression.weights]
    .filter(([name]) => name.startsWith(letter))
    .map(([name, weight]) => ({ index: indexOf(name), weight }));
}

function constraintOf(atom: Atom): VnnlibConstraint {
  return {
    inputs: termsOf(atom, 'X'),
    outputs: termsOf(atom, 'Y'),
    bound: 0 - atom.expression.constant,
    strict: atom.strict,
  };
}

interface Box {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Whether the constraint bounds one input and nothing else is needed to say so: weight 1 or -1, not strict. */
function narrow(box: Box, { inputs, outputs, bound, strict }: VnnlibConstraint): boolean {
  const [term] = inputs;
  if (outputs.length > 0 || inputs.length !== 1 || term === undefined) return false;
  const { index, weight } = term;
  const exact = Math.abs(weight) === 1;
  // A quotient is rounded: the box is widened by it, and the constraint is kept beside.
  // Plus 0: no bound is minus zero.
  const limit = bound / weight + 0;
  const slack = exact ? 0 : Math.abs(limit) * 2 ** -51 + Number.MIN_VALUE;
  if (weight > 0) box.high[index] = Math.min(box.high[index] as number, limit + slack);
  else box.low[index] = Math.max(box.low[index] as number, limit - slack);
  return exact && !strict;
}

/** Narrows `box` by the bounds among `atoms`; the constraints that remain, or `undefined` where they cannot hold. */
function remaining(box: Box, atoms: readonly Atom[]): readonly VnnlibConstraint[] | undefined {
  const constraints: VnnlibConstraint[] = [];
  for (const constraint of atoms.map(constraintOf)) {
    const { inputs, outputs, bound, strict } = constraint;
    if (inputs.length === 0 && outputs.length === 0) {
      if (bound < 0 || (strict && bound === 0)) return undefined;
    } else if (!narrow(box, constraint)) constraints.push(constraint);
  }
  return constraints;
}

/** The case of one conjunction within `shared`; `undefined` where it has no points. */
export function caseOf(shared: VnnlibCase, atoms: readonly Atom[]): VnnlibCase | undefined {
  const ownBox = atoms.some(
    ({ expression }) =>
      expression.weights.size === 1 && [...expression.weights.keys()][0]?.startsWith('X'),
  );
  const box = ownBox ? { low: shared.low.slice(), high: shared.high.slice() } : shared;
  const own = remaining(box, atoms);
  if (own === undefined || box.low.some((low, i) => low > (box.high[i] as number)))
    return undefined;
  return { low: box.low, high: box.high, constraints: [...shared.constraints, ...own] };
}

export function unbounded(inputs: number): VnnlibCase {
  return {
    low: new Float64Array(inputs).fill(-Infinity),
    high: new Float64Array(inputs).fill(Infinity),
    constraints: [],
  };
}
