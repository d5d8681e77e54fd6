import type { EnginePreference } from '@floatpath/node';
import type { DataSpec } from './data-spec.js';

/** Flags of every command that runs a model on images; absent where the person wrote nothing. */
export interface SharedFlags {
  readonly data?: DataSpec;
  readonly limit: number;
  readonly skip: number;
  readonly every: number;
  readonly bounds: readonly [number, number];
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly layout: 'nchw' | 'nhwc';
  readonly engine: EnginePreference;
  readonly batchSize: number;
  readonly json?: true;
}
