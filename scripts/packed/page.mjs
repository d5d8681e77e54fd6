import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../screenshots/find-chromium.mjs';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

function serve(folder) {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, 'http://localhost').pathname);
    try {
      const file = path === '/' ? 'index.html' : path;
      const body = readFileSync(join(folder, file));
      response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Loads a built page in Chromium; it is done when it has set its title. Without Chromium a note says so. */
export async function pageProblems(folder) {
  const executablePath = findChromium(process.env);
  if (executablePath === undefined)
    return { found: [], note: ' (SKIPPED running it: no Chromium)' };
  const server = await serve(folder);
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const found = [];
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => found.push(error.message));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction('document.title !== ""', undefined, { timeout: 20_000 });
  } catch (error) {
    found.push(error.message);
  } finally {
    await browser.close();
    server.close();
  }
  return { found, note: '' };
}
