// `npm run screenshots`: makes reports and pictures of them and of the site in light, dark and at 390 pixels, and lets axe look
// at each.
// Ends with 1 where axe or the browser complains, or where a page is wider than its window.
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findChromium } from './screenshots/find-chromium.mjs';
import { inspectPage } from './screenshots/inspect-page.mjs';
import { makeReports } from './screenshots/make-reports.mjs';
import { sitePages } from './screenshots/site-pages.mjs';
import { serveFolder } from './site/serve.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'screenshots');

const views = [
  { view: 'light', width: 1200, colorScheme: 'light' },
  { view: 'dark', width: 1200, colorScheme: 'dark' },
  { view: 'phone', width: 390, colorScheme: 'light' },
  { view: 'phone-dark', width: 390, colorScheme: 'dark' },
];

/** What a page must not pass with: it would mean that the inspection sees nothing. */
const faulty = `<!doctype html><html lang="en"><head><title>x</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'"></head>
<body><main><h1>x</h1><img src="y.png"><p style="color: red">x</p><pre>${'x'.repeat(900)}</pre></main></body></html>`;

const executable = findChromium(process.env);
if (executable === undefined) {
  console.log('SKIPPED screenshots: no Chromium found; install it or set CHROMIUM to its path');
} else {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const dist = join(root, 'apps', 'docs', '.vitepress', 'dist');
  const site = await serveFolder(dist);
  const reports = [...(await makeReports(root, folder)), ...sitePages(dist, site.origin)];
  const browser = await chromium.launch({
    executablePath: executable,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
  try {
    const problems = [];
    for (const report of reports) {
      for (const view of views) {
        const pictures = join(folder, `${report.name}-${view.view}`);
        const found = await inspectPage(browser, { ...report, ...view, pictures });
        problems.push(...found.map((text) => `${report.name}, ${view.view}: ${text}`));
      }
    }
    const control = await inspectPage(browser, { html: faulty, ...views[2] });
    for (const seen of ['image-alt', 'wider', 'blocked']) {
      if (!control.some((text) => text.includes(seen)))
        problems.push(`control: the planted fault "${seen}" was not seen`);
    }
    for (const problem of problems) console.error(problem);
    console.log(
      problems.length === 0
        ? `axe finds nothing in ${reports.length * views.length} pages; pictures are in ${folder}`
        : `${problems.length} problems`,
    );
    process.exitCode = problems.length === 0 ? 0 : 1;
  } finally {
    await browser.close();
    site.close();
  }
}
