import { FloatpathError } from '@floatpath/core';
import {
  centerAnchor,
  denoisedAnchor,
  denoiserIn,
  expectationForm,
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
  /** In [0, 1]. */
  readonly lambda: number;
  /** Of the input and denoised anchors; .67 and 1 unless given. */
  readonly kappa?: number;
  /** Of the center anchor; .05 unless given. */
  readonly tau?: number;
  /** Of the global anchor; .4 unless given. */
  readonly q?: number;
  /** Of the denoised anchor; conv unless given. */
  readonly denoiser?: DenoiserKind;
}

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
  request: AnchorRequest & { readonly anchor: K },
  calibration: Calibration | undefined,
): { readonly anchor: Extract<Anchor, { readonly kind: K }>; readonly form: RepressForm } {
  const form =
    request.form === 'expectation'
      ? expectationForm(selectionsIn(calibrated(request, calibration)).outputs)
      : request.form;
  return { anchor: anchorOf(request, calibration) as Extract<Anchor, { kind: K }>, form };
}

function anchorOf(request: AnchorRequest, calibration: Calibration | undefined): Anchor {
  const { kappa, tau = TAU, q = Q, denoiser = 'conv' } = request;
  switch (request.anchor) {
    case 'center':
      return centerAnchor({ tau });
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
