import {
  defaults,
  FloatpathError,
  requireArgument,
  type Classifier,
  type Float32Tensor,
  type Network,
} from '@floatpath/core';
import { certify, type Certificate, type CertifyOptions } from '@floatpath/smoothing';
import { globalAnchor } from '../anchors/global.js';
import type { RepressForm } from '../repress.js';
import { scRfp } from '../sc-rfp.js';

export interface TemplateOptions {
  /** One set of frequencies per template: `templates` of measured selections, one per class. */
  readonly templates: readonly ReadonlyMap<string, Float32Array>[];
  /** Share of the units of every gate that are float. */
  readonly q: number;
  readonly form: RepressForm;
  readonly lambda: number;
}

/**
 * One repressed network per template, each with a fixed mask of its own: what a smoothed selector chooses from.
 *
 * @throws {FloatpathError} as `globalAnchor` and `scRfp`
 */
export function templateNetworks(network: Network, options: TemplateOptions): readonly Network[] {
  const { templates, q, form, lambda } = options;
  return templates.map((minority) =>
    scRfp(network, { anchor: globalAnchor({ q, minority }), form, lambda }),
  );
}

/**
 * The certificate of "the smoothed selector names a template, and the smoothed network of that template the label": both
 * answers hold within R = min(R1, R2). With both at alpha / 2 it holds with probability at least 1 - alpha, whether or not they
 * were counted on the same draws.
 *
 * @param selector - the selector's certificate at alpha / 2; its label is the number of a template
 * @param templates - the certificate of every template's network at alpha / 2
 * @throws {FloatpathError} `shape-mismatch` if the selector names a template that is not there
 */
export function templateCertificate(
  selector: Certificate,
  templates: readonly Certificate[],
): Certificate {
  const chosen = templates[selector.label];
  if (chosen === undefined) {
    throw new FloatpathError(
      'shape-mismatch',
      `templateCertificate: expected a selector of ${templates.length} templates, got label ${selector.label}`,
    );
  }
  if (chosen.kind === 'abstain') return chosen;
  if (selector.kind === 'abstain') {
    const { label, pLower } = chosen;
    return { kind: 'abstain', label, pLower };
  }
  const arithmetic =
    chosen.arithmetic === 'grid' && selector.arithmetic === 'grid' ? 'grid' : 'float';
  return { ...chosen, arithmetic, radius: Math.min(selector.radius, chosen.radius) };
}

/**
 * Certifies the classifier that first asks a smoothed selector for a template and then the smoothed network of that template.
 *
 * With probability at least 1 - alpha over the draws: abstains, or both answers hold for every x' with |x' - x| < radius, so
 * the label does.
 *
 * @param selector - as many classes as there are templates; the plain network where templates belong to classes
 * @throws {FloatpathError} `invalid-argument` for another number of templates; as `certify`
 */
export async function certifyTemplates(
  selector: Classifier,
  templates: readonly Classifier[],
  x: Float32Tensor,
  options: CertifyOptions,
): Promise<Certificate> {
  requireArgument(
    selector.classes === templates.length,
    `certifyTemplates: expected ${selector.classes} templates, one per class of the selector, got ${templates.length}`,
  );
  const half = { ...options, alpha: (options.alpha ?? defaults.alpha) / 2 };
  const { label, ...selected } = await certify(selector, x, half);
  const chosen = await certify(templates[label] as Classifier, x, half);
  return templateCertificate(
    { label, ...selected },
    templates.map(() => chosen),
  );
}
