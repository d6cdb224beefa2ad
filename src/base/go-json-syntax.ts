// SPDX-License-Identifier: Apache-2.0
import { EngineError } from './errors.ts';

/** What stands at the start of a text, as Go's JSON decoder sees it. */
export type JsonScan =
  /** Nothing but white space. */
  | { readonly kind: 'empty' }
  /** One whole value that ends before `end`. */
  | { readonly kind: 'value'; readonly end: number }
  /** What Go says of it: `unexpected EOF`, `invalid character 'b' looking for …`. */
  | { readonly kind: 'fault'; readonly message: string };

const isSpace = (char: string): boolean => char === ' ' || char === '\n' || char === '\r' || char === '\t';
const isDigit = (char: string): boolean => char.length === 1 && char >= '0' && char <= '9';

/** Go's quoting of one character in an error. */
const quote = (char: string): string => {
  if (char === "'") return `'\\''`;
  if (char === '"') return `'"'`;
  if (char === '\\') return `'\\\\'`;
  const code = char.codePointAt(0) ?? 0;
  const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  if (short[char] !== undefined) return `'${short[char]}'`;
  return code < 0x20 ? `'\\x${code.toString(16).padStart(2, '0')}'` : `'${char}'`;
};

/** Walks one JSON value and stops at the first character that Go's scanner would refuse. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): JsonScan {
    this.#skipSpace();
    if (this.#at >= this.#text.length) return { kind: 'empty' };
    try {
      this.#value('looking for beginning of value');
    } catch (error) {
      if (error instanceof EngineError) return { kind: 'fault', message: error.message };
      throw error;
    }
    return { kind: 'value', end: this.#at };
  }

  #skipSpace(): void {
    while (this.#at < this.#text.length && isSpace(this.#text.charAt(this.#at))) this.#at += 1;
  }

  /** The present character. Ends the walk where there is none. */
  #char(): string {
    if (this.#at >= this.#text.length) throw new EngineError('invalid-argument', 'unexpected EOF');
    return String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
  }

  #refuse(context: string): EngineError {
    return new EngineError('invalid-argument', `invalid character ${quote(this.#char())} ${context}`);
  }

  #value(context: string): void {
    this.#skipSpace();
    const char = this.#char();
    if (char === '{') this.#object();
    else if (char === '[') this.#array();
    else if (char === '"') this.#string();
    else if (char === '-' || isDigit(char)) this.#number();
    else if (char === 't') this.#literal('true');
    else if (char === 'f') this.#literal('false');
    else if (char === 'n') this.#literal('null');
    else throw this.#refuse(context);
  }

  #object(): void {
    this.#at += 1;
    this.#skipSpace();
    if (this.#char() === '}') return this.#step();
    for (;;) {
      this.#skipSpace();
      if (this.#char() !== '"') throw this.#refuse('looking for beginning of object key string');
      this.#string();
      this.#skipSpace();
      if (this.#char() !== ':') throw this.#refuse('after object key');
      this.#at += 1;
      this.#value('looking for beginning of value');
      this.#skipSpace();
      if (this.#char() === '}') return this.#step();
      if (this.#char() !== ',') throw this.#refuse('after object key:value pair');
      this.#at += 1;
    }
  }

  #array(): void {
    this.#at += 1;
    this.#skipSpace();
    if (this.#char() === ']') return this.#step();
    for (;;) {
      this.#value('looking for beginning of value');
      this.#skipSpace();
      if (this.#char() === ']') return this.#step();
      if (this.#char() !== ',') throw this.#refuse('after array element');
      this.#at += 1;
    }
  }

  #step(): void {
    this.#at += 1;
  }

  #string(): void {
    this.#at += 1;
    for (;;) {
      const char = this.#char();
      if (char === '"') return this.#step();
      if (char < ' ') throw this.#refuse('in string literal');
      this.#at += char.length;
      if (char === '\\') this.#escape();
    }
  }

  #escape(): void {
    const char = this.#char();
    if (!'bfnrt\\/"u'.includes(char)) throw this.#refuse('in string escape code');
    this.#at += 1;
    if (char !== 'u') return;
    for (let digit = 0; digit < 4; digit += 1) {
      if (!/[0-9a-fA-F]/.test(this.#char())) throw this.#refuse('in \\u hexadecimal character escape');
      this.#at += 1;
    }
  }

  #literal(word: string): void {
    for (let index = 1; index < word.length; index += 1) {
      this.#at += 1;
      if (this.#char() !== word[index])
        throw this.#refuse(`in literal ${word} (expecting ${quote(word.charAt(index))})`);
    }
    this.#at += 1;
  }

  #number(): void {
    if (this.#char() === '-') {
      this.#at += 1;
      if (!isDigit(this.#char())) throw this.#refuse('in numeric literal');
    }
    if (this.#char() === '0') this.#at += 1;
    else this.#digits();
    this.#fraction();
    this.#exponent();
  }

  #digits(): void {
    while (isDigit(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #fraction(): void {
    if (this.#text.charAt(this.#at) !== '.') return;
    this.#at += 1;
    if (!isDigit(this.#char())) throw this.#refuse('after decimal point in numeric literal');
    this.#digits();
  }

  #exponent(): void {
    if (!/^[eE]$/.test(this.#text.charAt(this.#at))) return;
    this.#at += 1;
    if (/[+-]/.test(this.#char())) this.#at += 1;
    if (!isDigit(this.#char())) throw this.#refuse('in exponent of numeric literal');
    this.#digits();
  }
}

/** Looks at the first JSON value of `text` with the eyes of Go's encoding/json, to tell a client what it would. */
export const scanJson = (text: string): JsonScan => new Scanner(text).scan();
