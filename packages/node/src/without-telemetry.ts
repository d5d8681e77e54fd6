/**
 * Keeps the native builds of ONNX Runtime from sending what they run (names and hashes of models among it) to their maker, which
 * they do from 1.29 on unless this is set before they are loaded. A value that is set already stays.
 */
export function withoutTelemetry(): void {
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
}
