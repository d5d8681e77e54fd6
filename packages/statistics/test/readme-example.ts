import {
  clopperPearsonLower,
  mcnemarExact,
  minimumCount,
  normalQuantile,
  roundDown,
} from '@floatpath/statistics';

// 990 of 1000 noisy copies got the same label: its probability, with 99.9 % confidence, ...
export const pLower = clopperPearsonLower(990, 1000, 0.001);
// ... as a distance under Gaussian noise of standard deviation 0.25, printed on the safe side.
export const radius = roundDown(0.25 * normalQuantile(pLower), 3);
// How many of 1000 are needed to say anything at all?
export const needed = minimumCount(1000, 0.001);
// A alone was right on 40 images, B alone on 18.
export const pValue = mcnemarExact(40, 18);
