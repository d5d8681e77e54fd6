import { gzipSync } from 'node:zlib';
import { readVnnlib } from '../../../src/index.js';
import { mutateGzip } from '../mutate-container.js';
import type { FuzzTarget } from '../harness.js';
import { mutateText } from '../mutate-text.js';
import { realFiles } from '../real-files.js';

const own = `; a property
(declare-const X_0 Real)
(declare-const X_1 Real)
(declare-const Y_0 Real)
(declare-const Y_1 Real)
(assert (<= X_0 0.5))
(assert (>= X_0 -0.5e-1))
(assert (or
  (and (>= X_1 0) (<= X_1 1) (<= Y_0 Y_1))
  (and (>= X_1 2) (<= X_1 3) (>= (+ (* 2 Y_0) (- X_0)) (/ Y_1 4)))
))`;

const texts = [
  new TextEncoder().encode(own),
  ...realFiles(
    'vnncomp/acasxu/vnnlib/prop_6.vnnlib',
    'vnncomp/nn4sys/vnnlib/lindex_1.vnnlib',
    'vnncomp/rl_benchmarks/vnnlib/dubinsrejoin_case_unsafe_8.vnnlib',
    'vnncomp/test/test_prop.vnnlib',
  ),
];

export const vnnlib: FuzzTarget = {
  format: 'vnnlib',
  seeds: texts.flatMap((text) => [text, new Uint8Array(gzipSync(text))]),
  read: readVnnlib,
  mutate: (bytes, random) =>
    bytes[0] === 0x1f
      ? mutateGzip(random.pick(texts), mutateText)(bytes, random)
      : mutateText(bytes, random),
  place: /line \d+, column \d+|gzip file|[XY]_\d+|bounds in all cases/,
};
