import * as ort from 'onnxruntime-web/wasm';
import glue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import binary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { reportHtml, readReport } from '@floatpath/audit';
import { exploreModel, type ExploredModel } from '@floatpath/audit/explore';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import { readCalibration, type Calibration } from '@floatpath/sc-rfp';
import { look, regions } from './look.js';
import { modelOfFiles } from './open-files.js';
import type { Answer, Part, Request } from './protocol.js';
import { yieldingEngine } from './yielding-engine.js';

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = { mjs: glue, wasm: binary };

let controller = new AbortController();
const engine = yieldingEngine(
  ortEngine(ort as unknown as OrtModule, `onnxruntime-web ${ort.env.versions.web}`),
  () => controller.signal,
);

let opened: { readonly model: ExploredModel; readonly calibration?: Calibration } | undefined;
/** Requests are answered one after the other; the abort makes the earlier ones end soon. */
let last: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<Request>) => {
  controller.abort();
  const mine = new AbortController();
  controller = mine;
  last = last.then(async () => {
    if (mine.signal.aborted) return;
    const send = (part: Part): void => {
      if (!mine.signal.aborted) self.postMessage({ ...part, run: data.run } satisfies Answer);
    };
    try {
      await answer(data, send, mine.signal);
      send({ part: 'done' });
    } catch (error) {
      send({ part: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  });
};

async function answer(
  request: Request,
  send: (part: Part) => void,
  signal: AbortSignal,
): Promise<void> {
  if (request.kind === 'report') {
    send({ part: 'report', html: reportHtml(readReport(request.text), []) });
    return;
  }
  if (request.kind === 'open') {
    await opened?.model[Symbol.asyncDispose]();
    opened = undefined;
    const model = await exploreModel(engine, modelOfFiles(request.files), request.preprocessing);
    const { calibration } = request;
    opened = {
      model,
      ...(calibration === undefined ? {} : { calibration: readCalibration(calibration) }),
    };
    const { name, image, gates, refusal, classifier } = model;
    const { inputShape, classes } = classifier;
    send({ part: 'opened', model: { name, inputShape, image, classes, gates, refusal } });
    return;
  }
  if (opened === undefined) throw new Error('open a model first');
  if (request.kind === 'regions') {
    send(await regions(opened.model, request, signal));
    return;
  }
  await look(opened.model, opened.calibration, request, send, signal);
}
