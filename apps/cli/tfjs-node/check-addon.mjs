import { run } from './run-command.mjs';

/** Node 23 removed a function that tfjs-node calls. */
const program = `
const util = require('node:util');
util.isNullOrUndefined ??= (value) => value == null;
const tf = require('@tensorflow/tfjs-node');
const square = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[1, 2], [3, 4]]));
if (tf.getBackend() !== 'tensorflow' || square.dataSync().join() !== '7,10,15,22') process.exit(1);
`;

/** Why the addon does not compute in a fresh process started in `project`; undefined where it does. */
export function addonProblem(project) {
  try {
    run(process.execPath, ['-e', program], {
      cwd: project,
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', TF_ENABLE_ONEDNN_OPTS: '0' },
    });
    return undefined;
  } catch (error) {
    return error.message;
  }
}
