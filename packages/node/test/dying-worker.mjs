// A planted fault: a counting worker that ends in the middle of a count.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', ({ id, task }) => {
  if (task.kind === 'count') process.exit(7);
  parentPort.postMessage({ id, value: undefined });
  if (task.kind === 'exit') parentPort.close();
});
