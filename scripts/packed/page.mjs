import { chromium } from 'playwright-core';
import { findChromium } from '../screenshots/find-chromium.mjs';
import { serveFolder } from '../site/serve.mjs';

/** Loads a built page in Chromium; it is done when it has set its title. Without Chromium a note says so. */
export async function pageProblems(folder) {
  const executablePath = findChromium(process.env);
  if (executablePath === undefined)
    return { found: [], note: ' (SKIPPED running it: no Chromium)' };
  const site = await serveFolder(folder);
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const found = [];
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => found.push(error.message));
    await page.goto(`${site.origin}/`);
    await page.waitForFunction('document.title !== ""', undefined, { timeout: 20_000 });
  } catch (error) {
    found.push(error.message);
  } finally {
    await browser.close();
    site.close();
  }
  return { found, note: '' };
}
