import type { Attack, Classifier } from '@floatpath/core';

/**
 * An attack that climbs the gradient of another classifier, and is judged by the one it is run on: for models whose own
 * gradients are masked, with a softened copy of the model as guide (for paths, one whose float gates are softened).
 *
 * Every loss is that of the guide; logits, success and the choice of the best attempt are the model's own. To keep only what helps:
 * `worstOf(apgd(), guidedBy(softened, apgd()))`.
 *
 * @param guide - of the same input shape, classes and bounds, with a gradient
 * @see Athalye, Carlini, Wagner 2018, "Obfuscated gradients give a false sense of security", section 4.1 (BPDA)
 */
export function guidedBy(guide: Classifier, attack: Attack): Attack {
  return {
    name: `guidedBy(${attack.name})`,
    run: (classifier, ...call) => attack.run(withGradientOf(classifier, guide), ...call),
  };
}

function withGradientOf(classifier: Classifier, guide: Classifier): Classifier {
  const { gradient, objectives } = guide;
  const { gradient: _, objectives: _own, ...rest } = classifier;
  if (gradient === undefined) return rest;
  return {
    ...rest,
    ...(objectives === undefined ? {} : { objectives }),
    async gradient(x, objective) {
      const [logits, answer] = [await classifier.logits(x), await gradient(x, objective)];
      return { logits, gradient: answer.gradient };
    },
  };
}
