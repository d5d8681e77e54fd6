import { FloatpathError } from '@floatpath/core';

/** A parenthesis, or a run of characters between blanks and parentheses. */
export interface Token {
  readonly text: string;
  /** Position in the file's text. */
  readonly at: number;
}

/** Reads a vnnlib text token by token and says where it is. */
export interface Scanner {
  /** The next token, not taken. `undefined` at the end. */
  peek(): Token | undefined;
  /** Takes the next token. @throws {FloatpathError} `malformed-file` at the end, saying what was expected */
  take(expected: string): Token;
  /** Takes the token `text`. @throws {FloatpathError} `malformed-file` for another */
  expect(text: string): void;
  malformed(token: Token | undefined, expected: string): FloatpathError;
  unsupported(token: Token, expected: string): FloatpathError;
}

const LONGEST_SHOWN = 40;

/** One blank-free word, a parenthesis, or a comment up to the end of its line, after blanks. */
const lexeme = /\s*(?:;[^\n]*|[()]|[^\s();]+)/y;

export function createScanner(text: string): Scanner {
  let end = 0;
  let ahead: Token | undefined;

  function scan(): Token | undefined {
    for (;;) {
      lexeme.lastIndex = end;
      const match = lexeme.exec(text);
      if (match === null) return undefined;
      end = lexeme.lastIndex;
      const word = match[0].trimStart();
      if (!word.startsWith(';')) return { text: word, at: end - word.length };
    }
  }

  const placeOf = (at: number): string => {
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    return `line ${line}, column ${at - before.lastIndexOf('\n')}`;
  };

  const failure = (
    code: 'malformed-file' | 'unsupported-format',
    token: Token | undefined,
    expected: string,
  ): FloatpathError => {
    const got =
      token === undefined
        ? 'the end of the file'
        : JSON.stringify(token.text.slice(0, LONGEST_SHOWN));
    const place = placeOf(token?.at ?? text.length);
    return new FloatpathError(code, `readVnnlib: expected ${expected} at ${place}, got ${got}`);
  };

  const scanner: Scanner = {
    peek: () => (ahead ??= scan()),
    take(expected) {
      const token = scanner.peek();
      if (token === undefined) throw failure('malformed-file', undefined, expected);
      ahead = undefined;
      return token;
    },
    expect(wanted) {
      const token = scanner.take(`"${wanted}"`);
      if (token.text !== wanted) throw failure('malformed-file', token, `"${wanted}"`);
    },
    malformed: (token, expected) => failure('malformed-file', token, expected),
    unsupported: (token, expected) => failure('unsupported-format', token, expected),
  };
  return scanner;
}
