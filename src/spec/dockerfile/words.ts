// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';

/** What a variable stands for; `undefined` when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** Splits at blanks; quotes hold words together and stay, as do escape characters. Source: Dockerfile reference, "ENV". */
export const splitWords = (text: string): readonly string[] => {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] as string;
    if (letter === '\\' && quote !== "'" && at + 1 < text.length) {
      at += 1;
      word += letter + (text[at] as string);
    } else if (quote === '' && /\s/.test(letter)) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      if (letter === quote) quote = '';
      else if (quote === '' && (letter === "'" || letter === '"')) quote = letter;
      word += letter;
    }
  }
  if (word !== '') words.push(word);
  return words;
};

const failure = (text: string): EngineError => new EngineError('invalid-argument', text);

/** Reads one word from its beginning: quotes and escapes go, variables become their values. */
class Expansion {
  readonly #text: string;
  readonly #lookup: Lookup;
  #at = 0;

  constructor(text: string, lookup: Lookup) {
    this.#text = text;
    this.#lookup = lookup;
  }

  /** Up to the end, or to a closing brace outside quotes when `inBraces`. */
  read(inBraces: boolean): string {
    let result = '';
    while (this.#at < this.#text.length) {
      const letter = this.#text[this.#at] as string;
      if (inBraces && letter === '}') return result;
      this.#at += 1;
      if (letter === "'") result += this.#single();
      else if (letter === '"') result += this.#double();
      else if (letter === '$') result += this.#variable();
      else if (letter === '\\') result += this.#text[this.#at++] ?? '';
      else result += letter;
    }
    if (inBraces) throw failure("syntax error: missing '}'");
    return result;
  }

  #single(): string {
    const end = this.#text.indexOf("'", this.#at);
    if (end < 0) throw failure('unexpected end of statement while looking for matching single-quote');
    const inner = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    return inner;
  }

  #double(): string {
    let result = '';
    while (this.#at < this.#text.length) {
      const letter = this.#text[this.#at++] as string;
      if (letter === '"') return result;
      if (letter === '$') result += this.#variable();
      else if (letter === '\\' && /["$\\]/.test(this.#text[this.#at] ?? '')) result += this.#text[this.#at++];
      else result += letter;
    }
    throw failure('unexpected end of statement while looking for matching double-quote');
  }

  #name(): string {
    const [name = ''] = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])/.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += name.length;
    return name;
  }

  #variable(): string {
    if (this.#text[this.#at] !== '{') {
      const name = this.#name();
      return name === '' ? '$' : (this.#lookup(name) ?? '');
    }
    this.#at += 1;
    const name = this.#name();
    if (name === '') throw failure('syntax error: bad substitution');
    const result = this.#modified(name);
    if (this.#text[this.#at] !== '}') throw failure("syntax error: missing '}'");
    this.#at += 1;
    return result;
  }

  /** What stands for `${name…}`, with the modifier that follows the name. */
  #modified(name: string): string {
    const value = this.#lookup(name);
    if (this.#text[this.#at] === '}') return value ?? '';
    const countsEmpty = this.#text[this.#at] === ':';
    if (countsEmpty) this.#at += 1;
    const modifier = this.#text[this.#at] ?? '';
    this.#at += 1;
    const word = this.read(true);
    const isSet = value !== undefined && !(countsEmpty && value === '');
    if (modifier === '-') return isSet ? value : word;
    if (modifier === '+') return isSet ? word : '';
    if (modifier !== '?') throw failure(`unsupported modifier (${modifier}) in substitution`);
    if (isSet) return value;
    const why = countsEmpty ? 'is not allowed to be empty' : 'is not allowed to be unset';
    throw failure(`${name}: ${word === '' ? why : word}`);
  }
}

/** A word without its quotes and with its variables' values. @throws invalid-argument `failed to process "…": …` */
export const expandWord = (word: string, lookup: Lookup): string => {
  try {
    return new Expansion(word, lookup).read(false);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError('invalid-argument', `failed to process ${JSON.stringify(word)}: ${error.message}`);
  }
};
