// A worker of the queue: argv = address of Redis, model files. It says how many jobs it has done.
import { readFileSync } from 'node:fs';
import { readModel } from '@floatpath/model-io';
import { loadEngine } from '../src/load-engine.js';
import { serveQueue } from '../src/queue-worker.js';

const [url = '', ...files] = process.argv.slice(2);
const { engine } = await loadEngine('reference');
const models = files.map((file) => readModel(new Uint8Array(readFileSync(file)), { name: 'tiny' }));
await serveQueue({
  url,
  environment: {},
  models,
  engine,
  version: 'test',
  patienceSeconds: 1,
  onJob: (done) => void process.stdout.write(`${done}\n`),
});
