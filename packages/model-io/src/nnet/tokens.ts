import { malformedIn } from '../as-reader.js';

const malformed = malformedIn('readNnet');

/** Lines of numbers with commas between them, comments left out; each knows its number in the file. */
export interface NnetLine {
  readonly number: number;
  readonly values: readonly number[];
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * @throws {FloatpathError} `malformed-file` naming the line, for anything but numbers and comments
 */
export function nnetLines(text: string): readonly NnetLine[] {
  return text.split(/\r\n|\r|\n/).flatMap((raw, at): readonly NnetLine[] => {
    const line = raw.trim();
    if (line === '' || line.startsWith('//')) return [];
    const words = line.split(',').map((word) => word.trim());
    // A comma may end a line.
    if (words.at(-1) === '') words.pop();
    const values = words.map((word) => {
      if (NUMBER.test(word)) return Number(word);
      throw malformed(
        `expected numbers with commas between them in line ${at + 1}, got ${JSON.stringify(word.slice(0, 40))}`,
      );
    });
    return [{ number: at + 1, values }];
  });
}
