import {
  readFileSync,
  writeFileSync,
  openSync,
  ftruncateSync,
  closeSync,
  mkdtempSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import {
  attackPoint,
  explainPoint,
  exploreModel,
  neuronsAround,
  pointRadii,
} from '@floatpath/audit/explore';
import { argmaxRows, defaultPreprocessing, float32Tensor, type GraphModel } from '@floatpath/core';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import { readModel } from '@floatpath/model-io';
import { readCalibration } from '@floatpath/sc-rfp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import {
  change,
  openPlayground,
  settled,
  shown,
  whyNot,
  type OpenPage,
} from './playground-page.js';

const reason = whyNot();
if (reason !== null) console.log(`SKIPPED the playground's session: ${reason}`);

const asset = (path: string): URL => new URL(`../../../cli/assets/${path}`, import.meta.url);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const DIGITS = [0, 3, 5, 7, 9] as const;

/** The strip's rows of 280 gray pixels, each behind a byte that says it is unfiltered. */
function digitStrip(): Uint8Array {
  const png = readFileSync(new URL('../../playground/digits.png', import.meta.url));
  const at = png.indexOf('IDAT');
  return inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
}

/** The same questions on ONNX Runtime's native build. */
async function inNode(digits: readonly number[]) {
  const ort = createRequire(new URL('../../../../packages/engine/package.json', import.meta.url))(
    'onnxruntime-node',
  ) as OrtModule;
  const engine = ortEngine(ort);
  const bytes = new Uint8Array(readFileSync(asset('models/mnist-cnn-sigma0.onnx')));
  const model = readModel(bytes, { name: 'mnist-cnn-sigma0' }) as GraphModel;
  const calibration = readCalibration(
    readFileSync(asset('calibration/mnist-cnn-sigma0.json'), 'utf8'),
  );
  const strip = digitStrip();
  await using explored = await exploreModel(engine, model, defaultPreprocessing);
  const answers = [];
  for (const digit of digits) {
    const values = Float32Array.from({ length: 784 }, (_, i) =>
      Math.fround((strip[Math.floor(i / 28) * 281 + 1 + digit * 28 + (i % 28)] ?? 0) / 255),
    );
    const x = float32Tensor([1, 1, 28, 28], values);
    const label = argmaxRows(await explored.classifier.logits(x))[0] as number;
    const attacked = await attackPoint(explored, x, { label, norm: 'l2', epsilon: 1, seed: 0 });
    const { ledger } = await explainPoint(explored, x, attacked.adversarial, label);
    const ball = { kind: 'ball', norm: 'l2', epsilon: 1 } as const;
    const { gates } = await neuronsAround(explored, x, ball);
    const plan = { n0: 100, n: 1000, alpha: 0.001, seed: 0 };
    const radii = await pointRadii(explored, x, { ...plan, sigma: 0.25, calibration });
    answers.push({
      label,
      predicted: attacked.predicted,
      neurons: gates.map(({ fixed, float, undecided }) => `${fixed} / ${float} / ${undecided}`),
      margin: [
        String(label),
        String(ledger.rival),
        ledger.margin.clean.toFixed(3),
        ledger.margin.adversarial.toFixed(3),
      ],
      radii: radii.map((row) => ({
        label: row.label === null ? 'abstains' : String(row.label),
        radius: row.value === null ? '' : (Math.floor(row.value * 1e4) / 1e4).toFixed(4),
      })),
    });
  }
  return answers;
}

/** Memory of all of the browser's processes that run pages, in MB. */
async function rendererMegabytes({ browser }: OpenPage): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1])
    .reduce((sum, kilobytes) => sum + Number(kilobytes ?? 0) / 1024, 0);
}

describe.skipIf(reason !== null)('the playground in Chromium', () => {
  let open: OpenPage;
  const numbers: Record<string, unknown> = {};

  beforeAll(async () => {
    open = await openPlayground('#network=mnist-cnn-sigma0&digit=7&norm=l2&epsilon=1&sigma=0.25');
    await settled(open.page);
    await open.page.context().setOffline(true);
  });
  afterAll(async () => {
    await open.close();
    writeEvidence('playground', {
      claim:
        'The playground runs offline in the page, decides as Node does, stays responsive and gives memory back',
      command: 'npm run test:deep -- apps/docs/test/deep/playground.deep.ts',
      seed: 0,
      numbers,
    });
  });

  test('offline: labels, neurons, attacks, margins and radii are what Node computes', async () => {
    const expected = await inNode(DIGITS);
    const got = [];
    for (const digit of DIGITS) {
      await change(open.page, () => open.page.click(`.digits button:nth-child(${digit + 1})`));
      got.push(await shown(open.page));
    }
    expect(got.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
    expect(got.map(({ radii }) => radii.map((row) => row.label))).toEqual(
      expected.map(({ radii }) => radii.map((row) => row.label)),
    );
    expect(got.map(({ neurons }) => neurons)).toEqual(expected.map(({ neurons }) => neurons));
    expect(got.map(({ margin }) => margin)).toEqual(expected.map(({ margin }) => margin));
    got.forEach(({ attacked, label }, i) => {
      const node = expected[i]?.predicted;
      expect(attacked).toContain(node === label ? 'No input' : `says ${node}`);
    });
    // Noise bits are equal everywhere; a count may differ where two logits are closer than 1e-4.
    const radii = (of: readonly { radii: readonly { radius: string }[] }[]) =>
      of.flatMap((answer) => answer.radii.map(({ radius }) => radius));
    const different = radii(got).filter((radius, i) => radius !== radii(expected)[i]).length;
    numbers['radii'] = { compared: radii(got).length, different };
    expect(different).toBeLessThanOrEqual(1);
  });

  test('an answer names what it was computed for until a newer one takes its place', async () => {
    const { page } = open;
    const [norm, neurons] = ['.controls > label > select >> nth=1', '[data-part=around]'];
    await change(page, () => page.click('.digits button:nth-child(4)'));
    await page.selectOption(norm, 'linf');
    expect((await shown(page)).attacked).toMatch(/^At l2 distance/);
    await change(page, () => page.selectOption(norm, 'l2'));
    await page.getByLabel('under the noise').check();
    expect(await page.textContent(neurons)).toContain('Proved to keep');
    await page.waitForSelector(`${neurons}:has-text('200 noisy copies')`);
    await settled(page);
    await change(page, () => page.getByLabel('within epsilon').check());
  });

  test('drawing changes the answer', async () => {
    const { page } = open;
    await change(page, () => page.click('.digits .wide'));
    await page.locator('.pad canvas').scrollIntoViewIfNeeded();
    const box = await page.locator('.pad canvas').boundingBox();
    if (box === null) throw new Error('no canvas');
    const [x, y] = [box.x + box.width / 2, box.y];
    await change(page, async () => {
      await page.mouse.move(x, y + box.height * 0.2);
      await page.mouse.down();
      await page.mouse.move(x, y + box.height * 0.8, { steps: 10 });
      await page.mouse.up();
    });
    expect((await shown(page)).label).toBe(1);
  });

  test('while a run goes on the page answers within 100 ms', async () => {
    const { page } = open;
    await page.selectOption('.controls select >> nth=2', '10000');
    const slow: number[] = [];
    for (let i = 0; i < 20; i += 1) {
      const milliseconds = await page.evaluate(async (step) => {
        const slider = document.querySelectorAll<HTMLInputElement>('input[type=range]')[0];
        if (!slider) throw new Error('no slider');
        const begin = performance.now();
        slider.value = String(0.5 + step / 20);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
        return performance.now() - begin;
      }, i);
      slow.push(milliseconds);
      await page.waitForTimeout(50);
    }
    slow.sort((a, b) => a - b);
    numbers['interaction'] = { median: slow[10], slowest: slow.at(-1) };
    expect(slow[10]).toBeLessThan(100);
    await page.selectOption('.controls select >> nth=2', '1000');
    await settled(page);
  });

  test('linear regions around the input are drawn', async () => {
    const { page } = open;
    await page.click('[data-part=regions] button');
    await page.waitForSelector('[data-part=regions] svg', { timeout: 120_000 });
    expect(await page.textContent('[data-part=regions]')).toMatch(/\d+ regions/);
  });

  test('memory does not grow with the number of runs', async () => {
    const { page } = open;
    const megabytes: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      await change(page, () => page.click(`.digits button:nth-child(${i + 1})`));
      megabytes.push(await rendererMegabytes(open));
    }
    numbers['megabytes'] = megabytes.map(Math.round);
    expect(megabytes[9]).toBeLessThan(1.15 * Math.max(...megabytes.slice(0, 4)));
  });

  test('bad files are said clearly and the page stays alive', async () => {
    const { page } = open;
    const folder = mkdtempSync(join(tmpdir(), 'floatpath-playground-'));
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const huge = join(folder, 'huge.onnx');
    const descriptor = openSync(huge, 'w');
    ftruncateSync(descriptor, 2 ** 30);
    closeSync(descriptor);
    const problem = async (path: string): Promise<string> => {
      await page.setInputFiles('input[type=file]', path);
      await page.waitForSelector('.status .problem');
      return (await page.textContent('.status .problem')) ?? '';
    };
    try {
      expect(await problem(huge)).toMatch(/1024 MB .* at most 256 MB/);
      expect(await problem(file('broken.png', 'no picture'))).toMatch(/no picture/);
      await change(page, () => page.click('.digits button:nth-child(3)'));
      expect(await page.locator('.status .problem').count()).toBe(0);
      expect(await problem(file('broken.onnx', 'no model'))).toMatch(/expected/);
    } finally {
      rmSync(folder, { recursive: true });
    }
    await change(page, () => page.getByText('back to the bundled ones').click());
    await page.waitForSelector('[data-part=radii]');
    expect((await shown(page)).label).toBe(2);
  });

  test('axe finds nothing of ours, at 390 pixels nothing is cut off', async () => {
    const { page } = open;
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: {
          run(where: string): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
        };
      };
      return (await axe.run('.playground-page')).violations.map(
        ({ id, nodes }) => `${id}: ${nodes[0]?.html}`,
      );
    });
    expect(violations).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });

  test('no request has left the host, and one that tries is seen', async () => {
    const { page, requests, origin, errors } = open;
    const foreign = () =>
      requests.filter((url) => !url.startsWith(origin) && !/^(data|blob):/.test(url));
    expect(requests.length).toBeGreaterThan(5);
    expect(foreign()).toEqual([]);
    expect(errors).toEqual([]);
    await page.evaluate(() => fetch('http://127.0.0.2:9/').catch(() => undefined));
    expect(foreign()).toEqual(['http://127.0.0.2:9/']);
  });

  test('a browser without SIMD is told so', async () => {
    const other = await openPlayground('', (page) =>
      page.addInitScript(() => {
        WebAssembly.validate = () => false;
      }),
    );
    try {
      expect(await other.page.textContent('[role=alert]')).toMatch(/no WebAssembly SIMD/);
    } finally {
      await other.close();
    }
  });
});
