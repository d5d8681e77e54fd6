import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findChromium } from '../../../../scripts/screenshots/find-chromium.mjs';
import { serveFolder } from '../../../../scripts/site/serve.mjs';

const dist = new URL('../../.vitepress/dist/', import.meta.url).pathname;

/** Why there is no page to look at; null where there is. */
export function whyNot(): string | null {
  if (!existsSync(`${dist}playground.html`)) return 'the site is not built: turbo run docs:build';
  return findChromium(process.env) === undefined ? 'no Chromium: install it or set CHROMIUM' : null;
}

export interface OpenPage {
  readonly browser: Browser;
  readonly page: Page;
  readonly origin: string;
  /** Every address that the page has asked for. */
  readonly requests: string[];
  readonly errors: string[];
  close(): Promise<void>;
}

/** The playground in Chromium, watched. */
export async function openPlayground(
  hash = '',
  before?: (page: Page) => Promise<void>,
): Promise<OpenPage> {
  const site = await serveFolder(dist);
  const executablePath = findChromium(process.env) ?? '';
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const page = await browser.newPage({ viewport: { width: 1300, height: 900 } });
  const requests: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => errors.push(error.message));
  await before?.(page);
  await page.goto(`${site.origin}/playground${hash}`);
  return {
    browser,
    page,
    origin: site.origin,
    requests,
    errors,
    async close() {
      await browser.close();
      site.close();
    },
  };
}

/** Waits until the page has answered everything that it was asked last. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector('.answers')?.getAttribute('aria-busy') === 'false',
    undefined,
    { timeout: 120_000 },
  );
}

/** Changes a setting and waits for its answers. */
export async function change(page: Page, work: () => Promise<void>): Promise<void> {
  await work();
  await page
    .waitForFunction(
      () => document.querySelector('.answers')?.getAttribute('aria-busy') === 'true',
      undefined,
      { timeout: 5000 },
    )
    .catch(() => undefined);
  await settled(page);
}

export interface Shown {
  readonly label: number;
  /** Per gate: fixed / float / undecided. */
  readonly neurons: readonly string[];
  readonly attacked: string;
  /** Label, rival and the margin before and after. */
  readonly margin: readonly string[];
  readonly radii: readonly { readonly label: string; readonly radius: string }[];
}

/** What the page says. */
export function shown(page: Page): Promise<Shown> {
  return page.evaluate(() => {
    const text = (selector: string): string =>
      document.querySelector(selector)?.textContent?.trim() ?? '';
    return {
      label: Number(/says (\d+)/.exec(text('[data-part=label] h2'))?.[1]),
      neurons: [...text('[data-part=around]').matchAll(/units(\d+ \/ \d+ \/ \d+)/g)].map(
        ([, counts]) => counts ?? '',
      ),
      attacked: text('[data-part=attacked] p'),
      margin:
        /Margin of (\d+) over (\d+):\s+(\S+) before,\s+(\S+) after/
          .exec(text('[data-part=explained]'))
          ?.slice(1) ?? [],
      radii: [...document.querySelectorAll('[data-part=radii] tbody tr')].map((row) => ({
        label: row.children[1]?.textContent?.trim() ?? '',
        radius: row.children[2]?.textContent?.trim() ?? '',
      })),
    };
  });
}
