import { numbersOf, type Engine, type Fetches } from '@floatpath/core';
import { affineCases } from './conformance/affine-cases.js';
import type { ConformanceCase } from './conformance/case.js';
import { derivativesOf, objectiveCases } from './conformance/gradient-cases.js';
import { kernelBehaviors } from './conformance/kernel-behaviors.js';
import { otherCases } from './conformance/other-cases.js';
import { largestMagnitude } from './conformance/scale.js';
import { referenceEngine } from './reference.js';

export type { ConformanceCase } from './conformance/case.js';

/** What an engine made of one case. */
export interface ConformanceResult {
  readonly op: string;
  readonly name: string;
  readonly passed: boolean;
  /** Largest difference from the float64 reference, 0 for cases about behavior. */
  readonly difference: number;
  /** What it may be; 0 for integers and bools, which must be equal. */
  readonly tolerance: number;
  /** What went wrong, for a case that did not pass. */
  readonly problem?: string;
}

/** Small networks that together have every op of {@link ops}, each with its attributes and broadcasts. */
export function conformanceCases(): readonly ConformanceCase[] {
  return [...affineCases(), ...otherCases()];
}

/** The gradient networks of those cases, op by op, and of every objective: what attacks run. */
export function gradientCases(): readonly ConformanceCase[] {
  return [...derivativesOf(conformanceCases()), ...objectiveCases()];
}

/**
 * Compares `engine` with the float64 reference, case by case, and checks how its kernels behave: wrong feeds, several
 * runs at once, disposal.
 *
 * A float output may differ by 1e-5 s, s the largest |W||h| + |b| of the case's affine ops (or value, if larger): a float32
 * sum of k terms in any order is off by at most about k 2^-24 s, and no case has more than 100 terms. Shapes, dtypes
 * (float64 passes for float32), integers and bools must be equal.
 *
 * @returns one result per case and behavior; an engine conforms if all passed
 */
export async function checkEngine(
  engine: Engine,
  cases: readonly ConformanceCase[] = conformanceCases(),
): Promise<readonly ConformanceResult[]> {
  const results: ConformanceResult[] = [];
  for (const each of cases) results.push(await checkCase(engine, each));
  for (const { name, problem } of kernelBehaviors(engine)) {
    const found = await problem();
    results.push({
      op: 'kernel',
      name,
      passed: found === undefined,
      difference: 0,
      tolerance: 0,
      ...(found === undefined ? {} : { problem: found }),
    });
  }
  return results;
}

async function runOnce(engine: Engine, { network, feeds }: ConformanceCase): Promise<Fetches> {
  await using kernel = await engine.load(network);
  return await kernel.run(feeds);
}

async function checkCase(engine: Engine, each: ConformanceCase): Promise<ConformanceResult> {
  const { op, name } = each;
  const expected = await runOnce(referenceEngine(), each);
  const scale = await largestMagnitude(each.network, each.feeds);
  let difference = 0;
  let tolerance = 0;
  const problems: string[] = [];
  try {
    const actual = await runOnce(engine, each);
    for (const output of each.network.outputs) {
      const [a, b] = [actual[output.name], expected[output.name]];
      if (a === undefined || b === undefined) {
        problems.push(`no output "${output.name}"`);
        continue;
      }
      const isFloat = output.dtype === 'float32' || output.dtype === 'float64';
      const sameType = a.dtype === output.dtype || (isFloat && a.dtype === 'float64');
      if (!sameType || a.shape.join() !== b.shape.join()) {
        problems.push(
          `expected "${output.name}" as ${output.dtype} [${b.shape.join(', ')}], got ${a.dtype} [${a.shape.join(', ')}]`,
        );
        continue;
      }
      const [mine, theirs] = [numbersOf(b), numbersOf(a)];
      const largest = mine.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (theirs[i] as number))),
        0,
      );
      const allowed = isFloat ? 1e-5 * scale : 0;
      difference = Math.max(difference, largest);
      tolerance = Math.max(tolerance, allowed);
      if (!(largest <= allowed)) problems.push(`"${output.name}" differs by ${largest}`);
    }
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  const passed = problems.length === 0;
  return {
    op,
    name,
    passed,
    difference,
    tolerance,
    ...(passed ? {} : { problem: problems.join('; ') }),
  };
}
