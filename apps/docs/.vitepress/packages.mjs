/** The published packages in the order of their arrows: pages and API reference. */
export const packages = [
  'core',
  'statistics',
  'model-io',
  'engine',
  'activation-patterns',
  'path-decomp',
  'attacks',
  'smoothing',
  'sc-rfp',
  'audit',
  'node',
];
