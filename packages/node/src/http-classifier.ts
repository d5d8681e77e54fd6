import { setTimeout as wait } from 'node:timers/promises';
import {
  float32Tensor,
  FloatpathError,
  requireArgument,
  sizeOf,
  type Bounds,
  type Classifier,
  type Float32Tensor,
} from '@floatpath/core';
import { classesIn, logitsIn } from './http-answer.js';

export interface HttpClassifierOptions {
  /** `http:` or `https:`, without a user or password in it. */
  readonly url: string;
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly bounds: Bounds;
  /** Header name -> environment variable that holds its value: `{ authorization: 'MODEL_TOKEN' }`. */
  readonly secretHeaders?: Readonly<Record<string, string>>;
  /** Where the secrets are looked up: `process.env`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Attempts per batch; 4 unless given. */
  readonly attempts?: number;
  /** Before the second attempt, doubled for each further one; 0.5 unless given. */
  readonly pauseSeconds?: number;
  /** Per attempt; 60 unless given. */
  readonly timeoutSeconds?: number;
  /** Ends attempts and pauses at once; the call rejects with its reason. */
  readonly signal?: AbortSignal;
}

const failure = (message: string, cause?: unknown): FloatpathError =>
  new FloatpathError('engine-failed', `httpClassifier: ${message}`, { cause });

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  requireArgument(
    url !== undefined &&
      /^https?:$/.test(url.protocol) &&
      url.username === '' &&
      url.password === '',
    'httpClassifier: expected an http or https address without user and password, got another one; secrets go into the environment',
  );
  return url;
}

function secretHeaders({
  secretHeaders: names = {},
  environment,
}: Omit<HttpClassifierOptions, 'classes'>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [header, variable] of Object.entries(names)) {
    const value = environment[variable];
    requireArgument(
      value !== undefined && value !== '',
      `httpClassifier: expected the environment variable ${variable} for the header ${header}, got none; set it`,
    );
    headers[header] = value;
  }
  return headers;
}

/** Failures of the way there and back, which another attempt may not meet. */
class Passing extends Error {}

async function answerTo(
  url: URL,
  body: string,
  headers: Readonly<Record<string, string>>,
  { timeoutSeconds = 60, signal }: Pick<HttpClassifierOptions, 'timeoutSeconds' | 'signal'>,
): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      // A redirect would carry the secrets and the inputs to somebody else.
      redirect: 'manual',
      signal: AbortSignal.any([
        AbortSignal.timeout(timeoutSeconds * 1000),
        ...(signal === undefined ? [] : [signal]),
      ]),
    });
    text = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw new Passing(error instanceof Error ? error.message : String(error));
  }
  const { status } = response;
  if (status >= 300 && status < 400)
    throw failure(`expected an answer, got a redirect (${status})`);
  if (status === 429 || status >= 500) throw new Passing(`status ${status}`);
  if (status !== 200) throw failure(`expected status 200, got ${status}`);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw failure('expected JSON, got other text', error);
  }
}

/** One POST, sent again while the way there or back fails. */
function poster(
  options: Omit<HttpClassifierOptions, 'classes'>,
): (x: Float32Tensor) => Promise<unknown> {
  const { inputShape, attempts = 4, pauseSeconds = 0.5, signal } = options;
  const url = checkedUrl(options.url);
  const headers = secretHeaders(options);
  requireArgument(
    Number.isSafeInteger(attempts) && attempts >= 1,
    `httpClassifier: expected attempts an integer of at least 1, got ${attempts}`,
  );
  return async (x) => {
    const rows = x.shape[0] ?? 0;
    if (x.data.length !== rows * sizeOf(inputShape)) {
      throw new FloatpathError(
        'shape-mismatch',
        `httpClassifier: expected rows of [${inputShape.join(', ')}], got [${x.shape.join(', ')}]`,
      );
    }
    const body = JSON.stringify({ shape: [rows, ...inputShape], inputs: Array.from(x.data) });
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      try {
        return await answerTo(url, body, headers, options);
      } catch (error) {
        if (!(error instanceof Passing)) throw error;
        if (attempt >= attempts) {
          throw failure(
            `expected an answer within ${attempts} attempts, got "${error.message}" last; finished rows are kept`,
            error,
          );
        }
        const pause = pauseSeconds * 1000 * 2 ** (attempt - 1);
        await wait(pause, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      }
    }
  };
}

/**
 * A classifier behind an HTTP endpoint. Each batch is one POST of `{ "shape": [rows, ...], "inputs": [numbers] }`, row by row
 * in input units, answered by `{ "logits": [[...], ...] }`, or by `{ "labels": [...], "classes": 10 }` where the endpoint says labels alone;
 * these become one-hot logits: smoothing and attacks that see labels alone need no more.
 *
 * A batch whose way there or back failed (no connection, timeout, 429, 5xx) is sent again as it was, and either answered in
 * full or the run fails: no row is left out and no noise drawn again, so attempts cannot bias counts. Wrong answers (shape,
 * NaN, 4xx) end the run at once. Redirects are not followed; secrets come from the environment and appear in no message.
 *
 * The endpoint must be one fixed function of each row: no batch statistics, no model that is replaced during the run.
 *
 * @throws {FloatpathError} `invalid-argument` for an address with a user in it, a missing secret, or attempts below 1
 */
export function httpClassifier(options: HttpClassifierOptions): Classifier {
  const { inputShape, classes, bounds } = options;
  const post = poster(options);
  return {
    inputShape,
    classes,
    bounds,
    logits: async (x) => logitsIn(await post(x), x.shape[0] ?? 0, classes),
  };
}

/**
 * {@link httpClassifier} of an endpoint that is asked, with one row at the lower bound, how many classes it has.
 *
 * @throws {FloatpathError} as `httpClassifier` and its `logits`
 */
export async function connectHttpClassifier(
  options: Omit<HttpClassifierOptions, 'classes'>,
): Promise<Classifier> {
  const row = float32Tensor([1, ...options.inputShape]);
  row.data.fill(options.bounds[0]);
  const answer = await poster(options)(row);
  const classes = classesIn(answer);
  if (classes === undefined || !Number.isInteger(classes) || classes < 2) {
    throw new FloatpathError(
      'shape-mismatch',
      'httpClassifier: expected { "logits": [[numbers, one per class], ...] } or { "labels": [...], "classes": count } with at least two classes, got another answer',
    );
  }
  logitsIn(answer, 1, classes);
  return httpClassifier({ ...options, classes });
}
