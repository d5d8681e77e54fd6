/**
 * Colors after Okabe and Ito: blue and vermilion are told apart by every kind of color vision, and no meaning is in color
 * alone.
 */
export const figureColors = {
  light: `
  --fp-paper: #ffffff; --fp-ink: #1a1d21; --fp-soft: #565e68; --fp-line: #c9ced6; --fp-track: #e9ecf0;
  --fp-fixed: #0068a8; --fp-float: #c24a00; --fp-other: #6b5b95; --fp-good: #00775a; --fp-bound: #79828e;
  --fp-series-1: #00775a; --fp-series-2: #7d3f98; --fp-series-3: #6a5a00; --fp-warn: #fdf1e3;
`,
  dark: `
    --fp-paper: #14171b; --fp-ink: #e9ebee; --fp-soft: #a8b0bb; --fp-line: #454c56; --fp-track: #272c33;
    --fp-fixed: #5cb8f0; --fp-float: #ff9455; --fp-other: #b8a8e8; --fp-good: #35c49a; --fp-bound: #8b95a2;
    --fp-series-1: #35c49a; --fp-series-2: #d39be8; --fp-series-3: #d9c34a; --fp-warn: #33271a;
`,
};

/** Style of the figures, for a page that says which colors hold where. */
export const figureShapes = `
.fp-figure { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; }
.fp-figure text { fill: var(--fp-ink); }
.fp-figure .soft { fill: var(--fp-soft); }
.fp-figure .small { font-size: 10.5px; }
.fp-figure .strong { font-weight: 650; }
.fp-figure .number { font-variant-numeric: tabular-nums; font-weight: 650; }
.fp-figure .axis { stroke: var(--fp-line); fill: none; }
.fp-figure .grid { stroke: var(--fp-track); fill: none; }
.fp-figure .track { fill: var(--fp-track); }
.fp-figure .ring { fill: var(--fp-paper); stroke: var(--fp-soft); }
.fp-figure .hover { fill: transparent; }
.fp-figure .fill-fixed { fill: var(--fp-fixed); }
.fp-figure .fill-float { fill: var(--fp-float); }
.fp-figure .fill-other { fill: var(--fp-other); }
.fp-figure .fill-good { fill: var(--fp-good); }
.fp-figure .fill-bound { fill: var(--fp-track); stroke: var(--fp-bound); stroke-width: 1.5; stroke-dasharray: 3 2; }
.fp-figure .fill-rest { fill: var(--fp-bound); }
.fp-figure .line-fixed { stroke: var(--fp-fixed); fill: none; }
.fp-figure .line-float { stroke: var(--fp-float); fill: none; stroke-dasharray: 6 3; }
.fp-figure .gain { stroke-opacity: .45; stroke-dasharray: 1.5 3; }
.fp-figure .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.fp-figure .line-1 { stroke: var(--fp-series-1); }
.fp-figure .line-2 { stroke: var(--fp-series-2); stroke-dasharray: 9 3; }
.fp-figure .line-3 { stroke: var(--fp-series-3); stroke-dasharray: 2 2; }
.fp-figure .line-conditional { stroke: var(--fp-float); stroke-dasharray: 1 4; stroke-linecap: round; stroke-width: 2.5; }
.fp-figure .band { stroke: none; opacity: .16; }
.fp-figure .band-1 { fill: var(--fp-series-1); }
.fp-figure .band-2 { fill: var(--fp-series-2); }
.fp-figure .band-3 { fill: var(--fp-series-3); }
.fp-figure .band-conditional { fill: var(--fp-float); opacity: .08; }
.fp-figure .frame-conditional { fill: none; stroke: var(--fp-float); stroke-dasharray: 2 3; }
.fp-figure .text-conditional { fill: var(--fp-float); font-weight: 650; }
`;

/** Style of the figures, for a page that follows the system's color scheme. */
export const figureStyle = `
:root {${figureColors.light}}
@media (prefers-color-scheme: dark) {
  :root {${figureColors.dark}}
}
${figureShapes}`;
