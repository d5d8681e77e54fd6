import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** One picture is no taller than this. */
const TALLEST = 2400;

/**
 * Opens a page, takes its pictures, opens all its details and says what is wrong with it: what axe finds, what the browser
 * complains about (its policy blocks something), and whether it is wider than the window.
 *
 * @param within - selector of what axe looks at: the whole page unless given
 * @param settled - selector that appears when the page has finished
 */
export async function inspectPage(
  browser,
  { file, url, html, within, settled, width, colorScheme, pictures },
) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const problems = [];
  page.on('console', (message) => problems.push(`blocked or logged: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(String(error)));
  try {
    if (html !== undefined) await page.setContent(html);
    else await page.goto(url ?? pathToFileURL(file).href);
    if (settled !== undefined) await page.waitForSelector(settled, { timeout: 120_000 });
    if (pictures !== undefined) await takePictures(page, width, pictures);
    await page.evaluate(() => {
      for (const details of globalThis.document.querySelectorAll('details')) details.open = true;
    });
    const wide = await page.evaluate(() => globalThis.document.documentElement.scrollWidth);
    if (wide > width) problems.push(`wider than the window: ${wide} of ${width}`);
    await page.evaluate(axe);
    const violations = await page.evaluate(
      async (where) =>
        (await globalThis.axe.run({ include: [where], exclude: ['.vp-code', '.lang'] })).violations,
      within ?? 'html',
    );
    for (const { id, help, nodes } of violations) {
      problems.push(`axe ${id}: ${help}, ${nodes.length} times, first ${nodes[0].html}`);
    }
  } finally {
    await page.close();
  }
  return problems;
}

async function takePictures(page, width, pictures) {
  const height = await page.evaluate(() => globalThis.document.documentElement.scrollHeight);
  for (let y = 0, i = 1; y < height; y += TALLEST, i += 1) {
    await page.screenshot({
      path: `${pictures}-${String(i).padStart(2, '0')}.png`,
      fullPage: true,
      clip: { x: 0, y, width, height: Math.min(TALLEST, height - y) },
    });
  }
}
