import { basename } from 'node:path';
import { atMost, checkExport, exportableModel, exportModel } from '@floatpath/audit';
import { fillUniform, float32Tensor, sizeOf } from '@floatpath/core';
import { loadEngine } from '@floatpath/node';
import type { Io } from './io.js';
import { readCalibrationFile, readModelFile } from './load-models.js';
import { requireFree, writeBeside } from './run-calibrate.js';
import { linesText } from './terminal.js';
import {
  anchorRequest,
  preprocessingOf,
  required,
  type AnchorFlags,
  type ScRfpFlags,
} from './sc-rfp-options.js';

/** What the person wrote, flag by flag. */
export interface ExportFlags extends ScRfpFlags, AnchorFlags {
  readonly out: string;
}

/** Inputs that the written file is checked on. */
const PROBES = 16;

/** Writes the repressed network and checks the bytes in ONNX Runtime first. */
export async function runExport(file: string, flags: ExportFlags, io: Io): Promise<void> {
  const { out, bounds } = flags;
  const request = required('export', anchorRequest(flags), '--anchor');
  requireFree('export', out, flags.force);
  const calibration =
    flags.calibration === undefined ? undefined : await readCalibrationFile(flags.calibration);
  const model = await readModelFile(file);
  const { engine } = await loadEngine(flags.engine);
  const ready = await exportableModel(model, preprocessingOf(flags));
  const made = exportModel(ready, request, calibration);
  const { bytes, method } = made;
  const sigma = calibration?.sigma ?? null;
  const shape = ready.network.inputs[0]?.shape.slice(1).map(Number) ?? [];
  const values = new Float64Array(PROBES * sizeOf(shape));
  fillUniform(values, { seed: 0, purpose: 'calibration', image: 0, draw: 0 });
  const [low, high] = bounds;
  const probes = float32Tensor(
    [PROBES, ...shape],
    values.map((u) => low + (high - low) * u),
  );
  const difference = await checkExport(engine, made, probes);
  await writeBeside(out, { [basename(out)]: bytes });
  io.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ out: basename(out), model: model.name, method, sigma, bytes: bytes.length, difference })}\n`
      : linesText([
          `${basename(out)}: ${model.name}, ${method}, calibrated for sigma ${sigma}, ${bytes.length} bytes`,
          `ONNX Runtime on these bytes gives the logits that ${engine.name} gives for the network, within ${atMost(difference)} of the largest, on ${PROBES} random inputs`,
        ]),
  );
}
