import type { ImagesToAttack } from '@floatpath/audit';
import type { AttackLedger } from '@floatpath/attacks';
import {
  boolTensor,
  float64Tensor,
  int64Tensor,
  type Int64Tensor,
  type Norm,
} from '@floatpath/core';
import { writeNpz } from '@floatpath/model-io/datasets';

/** Codes of norms in files. */
export const normCodes: readonly Norm[] = ['linf', 'l2', 'l1'];

/** What the rows were made under. */
export interface Threat {
  readonly norm: Norm;
  readonly epsilon: number;
  /** Absent where any other label was wanted. */
  readonly targets?: Int32Array;
}

/** The rows of an attack at one radius as a NumPy archive, which says all that verify-attack needs. */
export function attackArchive(
  { images, labels, ids }: ImagesToAttack,
  { result }: AttackLedger,
  { norm, epsilon, targets }: Threat,
): Uint8Array {
  const column = (values: ArrayLike<number>): Int64Tensor =>
    int64Tensor([values.length], Array.from(values));
  return writeNpz({
    x: images,
    adversarial: result.adversarial,
    y: column(labels),
    image: column(ids),
    predicted: column(result.rows.map(({ predicted }) => predicted)),
    success: boolTensor(
      [labels.length],
      result.rows.map(({ status }) => Number(status === 'success')),
    ),
    norm: column([normCodes.indexOf(norm)]),
    epsilon: float64Tensor([1], Float64Array.of(epsilon)),
    ...(targets && { target: column(targets) }),
  });
}
