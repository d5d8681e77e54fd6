import { FloatpathError } from '@floatpath/core';
import {
  centerAnchor,
  chosenIn,
  denoisedAnchor,
  denoiserIn,
  expectationForm,
  formName,
  globalAnchor,
  inputAnchor,
  selectionsIn,
  signsAtXAnchor,
  type Anchor,
  type AnchorKind,
  type Calibration,
  type DenoiserKind,
  type RepressForm,
} from '@floatpath/sc-rfp';

/** Which repressed network is meant, in words and numbers that a person may write. */
export interface AnchorRequest {
  readonly anchor: AnchorKind;
  readonly form: 'path-sum' | 'layerwise' | 'expectation';
  /**
   * In [0, 1], unless `extrapolate`. Without lambda, kappa and q: what the calibration chose on held-out images; where nothing was
   * chosen the conservative setting of the anchor, and at the center what the paper claims most for.
   */
  readonly lambda?: number;
  readonly extrapolate?: boolean;
  /** Of the input and denoised anchors; .67 and 1 unless given. */
  readonly kappa?: number;
  /** Of the center anchor; .05 unless given. */
  readonly tau?: number;
  /** Of the global anchor; .4 unless given. */
  readonly q?: number;
  /** Of the denoised anchor; conv unless given. */
  readonly denoiser?: DenoiserKind;
}

/** A request with what it needs from a calibration. */
export interface RequestedNetwork<A> {
  readonly anchor: A;
  readonly form: RepressForm;
  readonly lambda: number;
  readonly extrapolate?: true;
}

const LAMBDA: Readonly<Record<AnchorKind, number>> = {
  center: 0,
  'signs-at-x': 0,
  input: 0.5,
  global: 0.75,
  denoised: 0.75,
};
const DENOISER = 'conv';
const KAPPA = 0.67;
const TAU = 0.05;
const Q = 0.4;

/**
 * The anchor and form of a request, with what they need from a calibration.
 *
 * @throws {FloatpathError} `not-calibrated` where they need a calibration, or a part of one, that is not there;
 * `invalid-argument` for numbers out of range
 */
export function requestedAnchor<K extends AnchorKind>(
  asked: AnchorRequest & { readonly anchor: K },
  calibration: Calibration | undefined,
): RequestedNetwork<Extract<Anchor, { readonly kind: K }>> {
  const request = settled(asked, calibration);
  return {
    anchor: anchorOf(request, calibration) as Extract<Anchor, { kind: K }>,
    form: formOf(request, calibration),
    lambda: request.lambda ?? LAMBDA[request.anchor],
    ...(request.extrapolate === true && { extrapolate: true }),
  };
}

/** The request with the numbers that were chosen for it, where it has none of its own. */
function settled(request: AnchorRequest, calibration: Calibration | undefined): AnchorRequest {
  const { anchor, form, denoiser = DENOISER, lambda, kappa, q } = request;
  const own = lambda !== undefined || kappa !== undefined || q !== undefined;
  if (own || calibration === undefined || anchor === 'center' || anchor === 'signs-at-x') {
    return request;
  }
  const chosen = chosenIn(calibration, { anchor, form, denoiser });
  if (chosen === undefined) return request;
  return {
    ...request,
    lambda: chosen.lambda,
    ...(chosen.kappa !== undefined && { kappa: chosen.kappa }),
    ...(chosen.q !== undefined && { q: chosen.q }),
  };
}

/** In words, for headers and tables: `input(kappa 0.67), path-sum, lambda 0.5`. */
export function requestWords({ anchor, form, lambda }: RequestedNetwork<Anchor>): string {
  return `${anchor.name}, ${formName(form)}, lambda ${lambda}`;
}

/** Mean outputs come from the center where the partition does, else from the calibration. */
function formOf(request: AnchorRequest, calibration: Calibration | undefined): RepressForm {
  if (request.form !== 'expectation') return request.form;
  if (request.anchor === 'center') return expectationForm('center');
  return expectationForm(selectionsIn(calibrated(request, calibration)).outputs);
}

function anchorOf(request: AnchorRequest, calibration: Calibration | undefined): Anchor {
  const { kappa, tau = TAU, q = Q, denoiser = DENOISER } = request;
  switch (request.anchor) {
    case 'center':
      return centerAnchor({ tau, means: request.form === 'expectation' });
    case 'signs-at-x':
      return signsAtXAnchor();
    case 'input': {
      const { deviations } = calibrated(request, calibration);
      return inputAnchor({ kappa: kappa ?? KAPPA, deviations });
    }
    case 'global':
      return globalAnchor({ q, minority: selectionsIn(calibrated(request, calibration)).minority });
    case 'denoised': {
      const known = calibrated(request, calibration);
      return denoisedAnchor({
        ...(kappa !== undefined && { kappa }),
        deviations: known.deviations,
        denoiser: denoiserIn(known, denoiser),
      });
    }
  }
}

function calibrated(request: AnchorRequest, calibration: Calibration | undefined): Calibration {
  if (calibration !== undefined) return calibration;
  throw new FloatpathError(
    'not-calibrated',
    `anchor ${request.anchor}, form ${request.form}: expected a calibration, got none; make one with floatpath calibrate and give it as --calibration`,
  );
}
