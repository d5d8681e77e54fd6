import { FloatpathError, float32Tensor, type Float32Tensor, type Objective } from '@floatpath/core';

/**
 * What the second input of a differentiated network holds for an objective, `[rows, classes]`: the cotangent itself, one at
 * the label, or for targeted-dlr one at the target and -1 at the label.
 *
 * @throws {FloatpathError} `invalid-argument` for a label or target that is no class; `shape-mismatch` for another number of
 * targets than labels
 */
export function targetRows(objective: Objective, classes: number): Float32Tensor {
  if (objective.kind === 'cotangent') return objective.cotangent;
  const { labels } = objective;
  const rows = float32Tensor([labels.length, classes]);
  const mark = (name: string, marked: Int32Array, weight: number): void => {
    marked.forEach((label, row) => {
      if (!(label >= 0 && label < classes)) {
        throw new FloatpathError(
          'invalid-argument',
          `gradient: expected ${name} in [0, ${classes}), got ${label}`,
        );
      }
      const at = row * classes + label;
      rows.data[at] = (rows.data[at] as number) + weight;
    });
  };
  if (objective.kind !== 'targeted-dlr') {
    mark('labels', labels, 1);
    return rows;
  }
  if (objective.targets.length !== labels.length) {
    throw new FloatpathError(
      'shape-mismatch',
      `gradient: expected ${labels.length} targets, as many as labels, got ${objective.targets.length}`,
    );
  }
  mark('labels', labels, -1);
  mark('targets', objective.targets, 1);
  return rows;
}
