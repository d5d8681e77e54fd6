import { crc32 } from './crc32.js';

const SEALED = /^(\{.*),"crc":"([0-9a-f]{8})"\}$/;

/** JSON in ASCII, so that characters are bytes wherever the line goes. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One line with its checksum as the last field; ends with a line feed. */
export function sealLine(value: object): string {
  const json = asciiJson(value);
  return `${json.slice(0, -1)},"crc":"${crc32(json)}"}\n`;
}

/** What {@link sealLine} sealed (without the line feed), or undefined if a bit of it changed. */
export function openLine(line: string): unknown {
  const [, body, checksum] = SEALED.exec(line) ?? [];
  if (body === undefined || crc32(`${body}}`) !== checksum) return undefined;
  try {
    return JSON.parse(`${body}}`);
  } catch {
    return undefined;
  }
}
