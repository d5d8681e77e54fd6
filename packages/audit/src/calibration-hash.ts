import { writeCalibration, type Calibration } from '@floatpath/sc-rfp';

/** The first 12 hexadecimal digits of the sha256 of a calibration's file: counts made with others are not to be merged. */
export async function calibrationHash(calibration: Calibration): Promise<string> {
  const bytes = new TextEncoder().encode(writeCalibration(calibration));
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest.subarray(0, 6), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
