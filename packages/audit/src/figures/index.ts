// Bars
export {
  barFigure,
  barTable,
  type Bar,
  type BarChart,
  type BarPart,
  type BarTone,
} from './bars.js';
// Curves of certified and of surrogate radii
export { curveFigure, curveTable, type Curve, type CurveChart } from './curves.js';
export { curvePoints, type CurvePoint } from './curve-points.js';
// A network with its fixed and float paths
export {
  cellTable,
  flowChartOf,
  flowTable,
  type FlowCell,
  type FlowChart,
  type FlowGate,
} from './flow-chart.js';
export { flowFigure } from './flow-figure.js';
// Charts of a report
export {
  exhibitMarginChart,
  kindsChart,
  marginChart,
  methodCurves,
  overviewChart,
  plainCurves,
  repairChart,
  switchedChart,
} from './report-charts.js';
// A margin's ledger, and its way along a segment
export { kinkFigure, kinkTable, type KinkChart } from './kink-figure.js';
export { ledgerFigure, ledgerTable, type LedgerBar, type LedgerChart } from './ledger-figure.js';
// Linear regions on a plane
export { regionFigure, regionFile, regionTable } from './region-figure.js';
// Pictures
export { largestPixel, signedPicture } from './signed-picture.js';
export {
  differenceFactor,
  differencePicture,
  isPicture,
  pictureOf,
  shrinkOf,
  type Pixels,
} from './pictures.js';
export { encodePng, pictureAddress, type Picture } from './png.js';
// A figure as a file, and what a page needs to show one
export { figureFile } from './figure-file.js';
export type { FigureTable } from './figure.js';
export { escapeMarkup } from './markup.js';
export { figureColors, figureShapes, figureStyle } from './style.js';
