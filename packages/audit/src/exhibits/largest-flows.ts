import type { Flow } from './exhibit.js';

/** So many cells of a gate have the flows into them looked at, and so many flows of each kind are kept per pair of gates. */
export const MOST_FLOWS = 10;

/** The largest of each kind, in the order found. */
export function largestFlows(flows: readonly Flow[]): Flow[] {
  const kept = new Set<Flow>();
  for (const kind of ['fixed', 'float'] as const) {
    flows
      .filter((flow) => flow[kind] !== 0)
      .sort((a, b) => Math.abs(b[kind]) - Math.abs(a[kind]))
      .slice(0, MOST_FLOWS)
      .forEach((flow) => kept.add(flow));
  }
  return flows.filter((flow) => kept.has(flow));
}
