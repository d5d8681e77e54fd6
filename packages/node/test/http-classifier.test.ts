import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { float32Tensor } from '@floatpath/core';
import { certify, integerGaussian } from '@floatpath/smoothing';
import { connectHttpClassifier, httpClassifier, type HttpClassifierOptions } from '../src/index.js';

interface Request {
  readonly body: string;
  readonly authorization: string | undefined;
}
type Answer = (
  request: Request,
  number: number,
) => { status: number; text?: string; location?: string };

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

async function serve(answer: Answer): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = [];
  server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
    incoming.on('end', () => {
      const request = { body, authorization: incoming.headers.authorization };
      requests.push(request);
      const { status, text = '', location } = answer(request, requests.length);
      if (status === 0) incoming.socket.destroy();
      else response.writeHead(status, location === undefined ? {} : { location }).end(text);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/model`, requests };
}

/** Which of two pixels is brighter. */
const brighter = ({ body }: Request): { status: number; text: string } => {
  const { shape, inputs } = JSON.parse(body) as { shape: number[]; inputs: number[] };
  const logits = Array.from({ length: shape[0] ?? 0 }, (_, row) =>
    inputs.slice(2 * row, 2 * row + 2),
  );
  return { status: 200, text: JSON.stringify({ logits }) };
};

const options = (
  url: string,
  more: Partial<HttpClassifierOptions> = {},
): HttpClassifierOptions => ({
  url,
  inputShape: [2],
  classes: 2,
  bounds: [0, 1],
  environment: { TOKEN: 'Bearer hush' },
  pauseSeconds: 0.001,
  ...more,
});
const x = float32Tensor([2, 2], [0.25, 0.5, 1, 0]);

describe('httpClassifier', () => {
  it('posts a batch and reads logits, with secrets from the environment', async () => {
    const { url, requests } = await serve(brighter);
    const classifier = httpClassifier(options(url, { secretHeaders: { authorization: 'TOKEN' } }));
    expect(await classifier.logits(x)).toEqual(x);
    expect(requests).toEqual([
      { body: '{"shape":[2,2],"inputs":[0.25,0.5,1,0]}', authorization: 'Bearer hush' },
    ]);
  });

  it('counts the same through any number of failures on the way', async () => {
    const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });
    const image = float32Tensor([1, 2], [1, 0.6]);
    const counted = async (answer: Answer): Promise<unknown> => {
      const { url } = await serve(answer);
      return certify(httpClassifier(options(url)), image, { noise, n0: 20, n: 300, batchSize: 50 });
    };
    const straight = await counted(brighter);
    server?.close();
    // Two of three attempts fail, in three ways.
    const flaky: Answer = (request, number) =>
      number % 3 === 0 ? brighter(request) : { status: [503, 0, 429][(number % 7) % 3] ?? 503 };
    expect(await counted(flaky)).toEqual(straight);
  });

  it('gives up after the attempts it was given', async () => {
    const { url, requests } = await serve(() => ({ status: 503 }));
    const call = httpClassifier(options(url, { attempts: 3 })).logits(x);
    await expect(call).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('within 3 attempts, got "status 503" last') as string,
    });
    expect(requests).toHaveLength(3);
  });

  it('does not wait for ever', async () => {
    server = createServer(() => undefined);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const call = httpClassifier(options(url, { attempts: 1, timeoutSeconds: 0.05 })).logits(x);
    await expect(call).rejects.toMatchObject({ code: 'engine-failed' });
  });

  it.each<[string, { status: number; text?: string; location?: string }, string, string]>([
    [
      'a redirect',
      { status: 302, location: 'http://127.0.0.1:9/' },
      'engine-failed',
      'got a redirect (302)',
    ],
    ['a refusal', { status: 401 }, 'engine-failed', 'expected status 200, got 401'],
    ['other text', { status: 200, text: '<html>' }, 'engine-failed', 'expected JSON'],
    ['too few rows', { status: 200, text: '{"logits":[[1,2]]}' }, 'shape-mismatch', '2 rows of 2'],
    ['another shape', { status: 200, text: 'null' }, 'shape-mismatch', 'another shape'],
    [
      'no numbers',
      { status: 200, text: '{"logits":[[1,null],[1,2]]}' },
      'not-finite',
      'nothing was counted',
    ],
  ])('ends the run at once on %s', async (_, answer, code, message) => {
    const { url, requests } = await serve(() => answer);
    const classifier = httpClassifier(options(url, { secretHeaders: { authorization: 'TOKEN' } }));
    const error: unknown = await classifier.logits(x).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) as string });
    expect(String(error)).not.toContain('hush');
    expect(requests).toHaveLength(1);
  });

  it('refuses other addresses, secrets that are not there, and other inputs', async () => {
    for (const url of ['ftp://host/', 'https://user:word@host/', 'host']) {
      expect(() => httpClassifier(options(url))).toThrow('without user and password');
    }
    const secret = { secretHeaders: { 'x-key': 'MISSING' } };
    expect(() => httpClassifier(options('http://127.0.0.1/', secret))).toThrow(
      'the environment variable MISSING for the header x-key, got none',
    );
    expect(() => httpClassifier(options('http://127.0.0.1/', { attempts: 0 }))).toThrow('attempts');
    const classifier = httpClassifier(options('http://127.0.0.1/'));
    await expect(classifier.logits(float32Tensor([1, 3]))).rejects.toMatchObject({
      code: 'shape-mismatch',
    });
  });

  it('asks an endpoint how many classes it has, and refuses an answer that does not say', async () => {
    const { url, requests } = await serve(brighter);
    const { classes: _, ...unknown } = options(url, { bounds: [-1, 1] });
    const classifier = await connectHttpClassifier(unknown);
    expect(classifier.classes).toBe(2);
    expect(requests[0]?.body).toBe('{"shape":[1,2],"inputs":[-1,-1]}');
    server?.close();
    const other = await serve(() => ({ status: 200, text: '{"logits":[3]}' }));
    await expect(connectHttpClassifier({ ...unknown, url: other.url })).rejects.toMatchObject({
      code: 'shape-mismatch',
    });
  });

  it('takes labels alone, as one-hot logits, and certifies them as it does the logits', async () => {
    const labelled: Answer = (request) => {
      const { logits } = JSON.parse(brighter(request).text) as { logits: [number, number][] };
      const labels = logits.map(([a, b]) => Number(b > a));
      return { status: 200, text: JSON.stringify({ labels, classes: 2 }) };
    };
    const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });
    const image = float32Tensor([1, 2], [1, 0.6]);
    const scored = await serve(brighter);
    const settings = { noise, n0: 20, n: 300, batchSize: 50 };
    const byScores = await certify(httpClassifier(options(scored.url)), image, settings);
    server?.close();
    const { url } = await serve(labelled);
    const { classes: _, ...unknown } = options(url);
    const classifier = await connectHttpClassifier(unknown);
    expect(classifier.classes).toBe(2);
    expect((await classifier.logits(x)).data).toEqual(Float32Array.of(0, 1, 1, 0));
    expect(await certify(classifier, image, settings)).toEqual(byScores);
  });

  it.each([
    ['too few labels', { labels: [1], classes: 2 }],
    ['a label that is no class', { labels: [1, 2], classes: 2 }],
    ['half a label', { labels: [1, 0.5], classes: 2 }],
    ['another number of classes', { labels: [1, 0], classes: 3 }],
    ['no number of classes', { labels: [1, 0] }],
    ['a name', { labels: ['cat', 'dog'], classes: 2 }],
  ])('refuses %s', async (_, answer) => {
    const { url } = await serve(() => ({ status: 200, text: JSON.stringify(answer) }));
    await expect(httpClassifier(options(url)).logits(x)).rejects.toMatchObject({
      code: 'shape-mismatch',
      message: expect.stringContaining('[2 integers from 0 to 1], "classes": 2') as string,
    });
  });

  it.each([{ labels: [1] }, { labels: [1], classes: 1 }, { labels: [1], classes: '2' }, {}])(
    'does not connect to what does not say how many classes there are: %j',
    async (answer) => {
      const { url } = await serve(() => ({ status: 200, text: JSON.stringify(answer) }));
      const { classes: _, ...unknown } = options(url);
      await expect(connectHttpClassifier(unknown)).rejects.toThrow(
        'or { "labels": [...], "classes": count } with at least two classes',
      );
    },
  );

  it('stops at once when it is told to, whether it waits for an answer or for the next attempt', async () => {
    for (const answering of [true, false]) {
      const stop = new AbortController();
      const reason = new Error('enough');
      server = createServer((_, response) => {
        if (answering) response.writeHead(503).end();
        setTimeout(() => stop.abort(reason), 10);
      });
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const call = httpClassifier(
        options(url, { signal: stop.signal, pauseSeconds: 60, timeoutSeconds: 60 }),
      ).logits(x);
      await expect(call).rejects.toBe(reason);
      server.close();
      server.closeAllConnections();
    }
  });
});
