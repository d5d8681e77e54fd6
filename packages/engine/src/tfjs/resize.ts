import { axisMaps, type AxisMap } from '../ops/resize.js';
import { plain, plainValue } from './layout.js';
import type { TfjsCall, TfjsOp, TfjsTensor } from './op.js';

/** The same linear map along each axis as everywhere, as two matrix products: backends' own resizing has other modes. */
export const resize: TfjsOp = (call) => {
  const { tf } = call;
  const x = plain(call, 0);
  const [rows, columns] = axisMaps(call.node, call.inputTypes);
  const planes = (x.shape[0] as number) * (x.shape[1] as number);
  const wide = tf.reshape(mixLast(call, x, columns, 'columns'), [planes, rows.from, columns.to]);
  const turned = tf.transpose(wide, [0, 2, 1]);
  const tall = tf.reshape(mixLast(call, turned, rows, 'rows'), [planes, columns.to, rows.to]);
  const shape = [...(call.outputTypes[0]?.shape ?? [])];
  return [plainValue(tf.reshape(tf.transpose(tall, [0, 2, 1]), shape))];
};

function mixLast(call: TfjsCall, x: TfjsTensor, map: AxisMap, name: string): TfjsTensor {
  const { tf } = call;
  const weights = call.prepared(name, () =>
    tf.tensor(Float32Array.from(map.weights), [map.to, map.from]),
  );
  const lines = tf.reshape(x, [x.size / map.from, map.from]) as Parameters<typeof tf.matMul>[0];
  return tf.matMul(lines, weights, false, true);
}
