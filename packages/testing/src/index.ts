// Random networks, inputs and coins
export { networkCases, type NetworkCase } from './network-cases.js';
export { families, growers, growNetwork, type Family, type Plan } from './plan.js';
// Adding an op to them
export type { Grower, Site, Value } from './grower.js';
