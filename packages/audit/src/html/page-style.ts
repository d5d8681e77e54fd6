/** Style of the report's page; the figures bring their own. */
export const pageStyle = `
* { box-sizing: border-box; }
html { color-scheme: light dark; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--fp-paper); color: var(--fp-ink); font: 16px/1.55 system-ui, sans-serif; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2.2rem; }
h1, h2, h3, h4 { line-height: 1.2; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.15rem; letter-spacing: .03em; margin: 0 0 .3rem; padding-top: 1.1rem; border-top: 3px solid var(--fp-ink); }
h3 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h4 { font-size: 1rem; margin: 0 0 .4rem; }
section { margin: 3rem 0 0; }
p { max-width: 46rem; margin: .5rem 0; overflow-wrap: anywhere; }
.kicker, .aside, .settings, figcaption span, .note { color: var(--fp-soft); }
.kicker, .settings, figcaption span, .note { font-size: .875rem; }
.lead p { margin: .7rem 0; }
.lead h2 + p { font-size: 1.3rem; line-height: 1.4; }
nav ul { list-style: none; margin: 1rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; font-size: .9rem; }
a { color: var(--fp-fixed); }
:focus-visible { outline: 3px solid var(--fp-fixed); outline-offset: 2px; }
.warning { background: var(--fp-warn); border-left: 4px solid var(--fp-float); padding: .6rem 1rem; margin: 1rem 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.8rem 2.4rem; margin: 1.2rem 0; align-items: start; }
figure { margin: 0; min-width: 0; max-width: 26rem; }
figure.wide { max-width: 42rem; }
.figures > figure { display: grid; grid-row: span 3; grid-template-rows: subgrid; grid-template-columns: minmax(0, 1fr); row-gap: .3rem; align-content: start; }
figcaption { margin-bottom: .5rem; }
figcaption strong { display: block; overflow-wrap: anywhere; line-height: 1.3; }
figcaption span { display: block; overflow-wrap: anywhere; }
details { margin-top: .4rem; font-size: .875rem; }
summary { cursor: pointer; color: var(--fp-fixed); width: fit-content; padding: .2rem 0; }
.scroll { overflow: auto; max-height: 26rem; margin: .3rem 0; border: 1px solid var(--fp-line); border-radius: 4px; }
.scroll.open { max-height: none; width: fit-content; min-width: min(100%, 44rem); max-width: 100%; }
table { border-collapse: collapse; min-width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: .4rem .6rem; color: var(--fp-soft); }
th, td { text-align: left; padding: .3rem .6rem; vertical-align: top; border-top: 1px solid var(--fp-track); }
thead th { font-weight: 600; color: var(--fp-soft); border-top: 0; }
tbody th { font-weight: 400; }
.exhibit { border-top: 1px solid var(--fp-line); margin-top: 1.6rem; padding-top: 1.1rem; }
.exhibit-body { display: grid; grid-template-columns: minmax(0, 22rem) minmax(0, 1fr); gap: 1.4rem 2.4rem; align-items: start; margin-top: .9rem; }
.exhibit-body > div { min-width: 0; display: grid; gap: 1.2rem; }
.pictures { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .7rem; }
.pictures.four { grid-template-columns: repeat(2, minmax(0, 9rem)); }
pre.scroll { padding: .6rem; font-size: .8rem; }
.pictures img { display: block; width: 100%; height: auto; border: 1px solid var(--fp-line); }
.pictures figcaption { margin: .3rem 0 0; font-size: .8rem; line-height: 1.35; }
.pictures figcaption strong { font-weight: 600; }
img, .fp-pixels { image-rendering: pixelated; }
.path-drawing { overflow-x: auto; }
.path-drawing svg { max-width: 32rem; }
.path-drawing.long svg { width: auto; max-width: none; }
.tag { display: inline-block; border: 1px solid currentColor; border-radius: 3px; padding: 0 .35rem; font-size: .8rem; font-weight: 600; }
.tag.fixed { color: var(--fp-fixed); } .tag.float { color: var(--fp-float); } .tag.other { color: var(--fp-other); }
dl { max-width: 46rem; } dt { font-weight: 650; margin-top: .8rem; } dd { margin: 0; }
code { font-size: .85em; overflow-wrap: anywhere; }
footer { margin: 3rem auto 2rem; color: var(--fp-soft); font-size: .875rem; }
@media (max-width: 46rem) {
  .exhibit-body { grid-template-columns: minmax(0, 1fr); }
  h1 { font-size: 1.5rem; } .lead h2 + p { font-size: 1.12rem; } section { margin-top: 2.2rem; }
}
@media print {
  :root {
    --fp-paper: #ffffff; --fp-ink: #1a1d21; --fp-soft: #4c545d; --fp-line: #c9ced6; --fp-track: #e9ecf0;
    --fp-fixed: #0068a8; --fp-float: #c24a00; --fp-other: #6b5b95; --fp-good: #00775a; --fp-bound: #79828e;
    --fp-series-1: #00775a; --fp-series-2: #7d3f98; --fp-series-3: #6a5a00; --fp-warn: #fdf1e3;
  }
  html { color-scheme: light; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  body { font-size: 10pt; } nav, details:not([open]) { display: none; }
  header, main, footer { max-width: none; padding: 0; }
  section { margin-top: 1.2rem; } h2, h3, h4 { break-after: avoid; }
  figure, .pictures, tr { break-inside: avoid; }
  .scroll { overflow: visible; max-height: none; }
}
`;
