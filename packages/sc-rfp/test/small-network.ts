import { fillUniform, float32Tensor, type Float32Tensor, type Network } from '@floatpath/core';

const sizes = [6, 8, 5, 3] as const;

function weights(shape: readonly number[], draw: number, scale: number): Float32Tensor {
  const values = new Float64Array(shape.reduce((a, b) => a * b, 1));
  fillUniform(values, { seed: 11, purpose: 'calibration', image: 0, draw });
  return float32Tensor(
    shape,
    Float32Array.from(values, (u) => scale * (2 * u - 1)),
  );
}

/** A 6-8-5-3 network with weights in [-1, 1] and biases around 0, gates `gate_1`, `gate_2`. */
export function smallNetwork(): Network {
  const layers = [0, 1, 2] as const;
  const weightsOf = layers.map((l) => weights([sizes[l + 1] as number, sizes[l] as number], l, 1));
  const biases = layers.map((l) => weights([sizes[l + 1] as number], 10 + l, 0.3));
  return {
    name: 'small',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 6] }],
    outputs: [{ name: 'z3', dtype: 'float32', shape: ['batch', 3] }],
    nodes: layers.flatMap((l) => [
      {
        name: `affine_${l + 1}`,
        op: 'Gemm',
        inputs: [l === 0 ? 'x' : `h${l}`, `W${l}`, `b${l}`],
        outputs: [`z${l + 1}`],
        attributes: { transB: 1 },
      },
      ...(l === 2
        ? []
        : [
            {
              name: `gate_${l + 1}`,
              op: 'Relu',
              inputs: [`z${l + 1}`],
              outputs: [`h${l + 1}`],
              attributes: {},
            },
          ]),
    ]),
    constants: new Map(
      layers.flatMap((l) => [
        [`W${l}`, weightsOf[l] as Float32Tensor],
        [`b${l}`, biases[l] as Float32Tensor],
      ]),
    ),
  };
}

/** Images of {@link smallNetwork} on the 8-bit grid of [0, 1]. */
export function smallImages(count: number, draw = 99): Float32Tensor {
  const images = weights([count, 6], draw, 1);
  return float32Tensor(
    images.shape,
    images.data.map((v) => Math.round(127.5 * (v + 1)) / 255),
  );
}

/** First-layer pre-activation of one image, and the length of the unit's weight vector, in float64. */
export function firstLayer(x: Float32Tensor): { readonly z: number[]; readonly length: number[] } {
  const network = smallNetwork();
  const w = network.constants.get('W0') as Float32Tensor;
  const b = network.constants.get('b0') as Float32Tensor;
  const rows = Array.from({ length: 8 }, (_, u) => Array.from(w.data.subarray(u * 6, u * 6 + 6)));
  return {
    z: rows.map((row, u) =>
      row.reduce((sum, v, i) => sum + v * (x.data[i] as number), b.data[u] as number),
    ),
    length: rows.map((row) => Math.hypot(...row)),
  };
}
