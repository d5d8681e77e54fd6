import type { FlowChart, KinkChart } from '@floatpath/audit/figures';
import type {
  Around,
  ImageShape,
  LedgerView,
  NeuronsAround,
  PointRadius,
} from '@floatpath/audit/explore';
import type { Preprocessing } from '@floatpath/core';

/** A file as the page hands it over: its bytes move to the worker. */
export interface DroppedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What the page asks the worker. `run` numbers requests; a later `look` or `open` aborts what an earlier one began. */
export type Request =
  | {
      readonly kind: 'open';
      readonly run: number;
      readonly files: readonly DroppedFile[];
      readonly preprocessing: Preprocessing;
      /** A calibration file's text, for the input anchor at its sigma. */
      readonly calibration?: string;
    }
  | {
      readonly kind: 'look';
      readonly run: number;
      readonly input: Float32Array;
      readonly settings: Settings;
    }
  | {
      readonly kind: 'regions';
      readonly run: number;
      readonly input: Float32Array;
      readonly toward: Float32Array;
      /** l2, in input units. */
      readonly reach: number;
    }
  | { readonly kind: 'report'; readonly run: number; readonly text: string };

export interface Settings {
  readonly norm: 'linf' | 'l2' | 'l1';
  readonly epsilon: number;
  readonly sigma: number;
  readonly n: number;
  readonly around: Around['kind'];
}

export interface OpenedModel {
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly image: ImageShape | null;
  readonly classes: number;
  readonly gates: readonly { readonly name: string; readonly units: number }[];
  readonly refusal: string | null;
}

/** Where the margin bends on the way. */
export type KinksView = Pick<KinkChart, 'start' | 'rows'>;

/** What comes back, part by part. */
export type Part =
  | { readonly part: 'opened'; readonly model: OpenedModel }
  | { readonly part: 'label'; readonly logits: Float32Array; readonly label: number }
  | {
      readonly part: 'attacked';
      readonly adversarial: Float32Array;
      readonly status: 'success' | 'failed' | 'already-wrong';
      readonly predicted: number;
      readonly distance: number;
      readonly warnings: readonly string[];
    }
  | {
      readonly part: 'explained';
      /** The attack changed the label. */
      readonly broken: boolean;
      readonly failure: 'lipschitz' | 'float' | 'fixed-already-wrong' | null;
      readonly ledger: LedgerView;
      readonly kinks: KinksView;
      readonly flow: FlowChart;
    }
  | ({ readonly part: 'around' } & NeuronsAround)
  | { readonly part: 'radii'; readonly radii: readonly PointRadius[] }
  | {
      readonly part: 'regions';
      readonly svg: string;
      readonly regions: number;
      readonly complete: boolean;
    }
  | { readonly part: 'report'; readonly html: string }
  | { readonly part: 'done' }
  | { readonly part: 'failed'; readonly message: string };

export type Answer = Part & { readonly run: number };
