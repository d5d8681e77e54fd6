// A model held ready, and what can be asked about one input of it
export { exploreModel, type ExploredModel } from './explored-model.js';
export { imageShapeOf, type ImageShape } from './image-shape.js';
export { attackPoint, type AttackedPoint, type PointAttack } from './attack-point.js';
export { explainPoint, type ExplainedPoint } from './explain-point.js';
export { ledgerView, type LedgerLine, type LedgerView } from './ledger-view.js';
export { neuronsAround, type Around, type NeuronsAround } from './neurons-around.js';
export { pointRadii, type PointRadius, type RadiiRequest } from './point-radii.js';
export { regionsAround, type RegionsAround } from './point-regions.js';
