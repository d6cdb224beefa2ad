// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';

/*
 * The part of YAML that programs write: block mappings and sequences, plain and quoted words, the empty `[]` and `{}`,
 * lists of words in brackets, comments. Anchors, tags and texts over several lines are refused rather than misread.
 */

interface Line {
  readonly indent: number;
  readonly text: string;
  readonly number: number;
}

const refuse = (line: Line | undefined, why: string): EngineError =>
  new EngineError('invalid-argument', `yaml: line ${line?.number ?? 0}: ${why}`);

const withoutComment = (text: string): string => {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (quote !== '') {
      if (sign === '\\' && quote === '"') at += 1;
      else if (sign === quote) quote = '';
    } else if ((sign === '"' || sign === "'") && /(^|[\s[{,:-])$/.test(text.slice(0, at))) quote = sign;
    else if (sign === '#' && (at === 0 || /\s/.test(text.charAt(at - 1)))) return text.slice(0, at);
  }
  return text;
};

const linesOf = (text: string): Line[] =>
  text
    .split(/\r?\n/)
    .map((line, index) => {
      const bare = withoutComment(line).trimEnd();
      return { indent: bare.length - bare.trimStart().length, text: bare.trim(), number: index + 1 };
    })
    .filter(({ text: words }) => words !== '' && words !== '---' && words !== '...');

const unquoted = (text: string, line: Line): string => {
  if (text.startsWith("'")) {
    if (!/^'([^']|'')*'$/.test(text)) throw refuse(line, 'unexpected text after a quoted word');
    return text.slice(1, -1).replaceAll("''", "'");
  }
  try {
    return String(JSON.parse(text));
  } catch (cause) {
    throw new EngineError('invalid-argument', `yaml: line ${line.number}: unknown escape in ${text}`, {
      cause,
    });
  }
};

const scalarOf = (text: string, line: Line): unknown => {
  if (text === '' || text === '~' || text === 'null') return null;
  if (text === '{}') return {};
  if (text.startsWith('"') || text.startsWith("'")) return unquoted(text, line);
  if (text.startsWith('[')) return listOf(text, line);
  if (/^[&*!|>{@`%]/.test(text)) throw refuse(line, `${text.charAt(0)} is not understood here`);
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?(0|[1-9]\d*)$/.test(text)) return Number(text);
  if (/^0o?[0-7]+$/.test(text)) return Number.parseInt(text.replace('o', ''), 8);
  if (/^0x[0-9a-fA-F]+$/.test(text)) return Number.parseInt(text, 16);
  return text;
};

/** `[a, "b", c]`, without lists inside. */
const listOf = (text: string, line: Line): readonly unknown[] => {
  if (!text.endsWith(']')) throw refuse(line, 'a list goes on over several lines');
  const inside = text.slice(1, -1).trim();
  if (inside === '') return [];
  const words = inside.match(/"(\\.|[^"\\])*"|'([^']|'')*'|[^,\s][^,]*/g) ?? [];
  return words.map((word) => scalarOf(word.trim(), line));
};

/** Splits `key: value`; a colon inside a word (`a:b`) does not count. */
const splitPair = (line: Line): readonly [key: string, value: string] | undefined => {
  const match =
    /^("(?:\\.|[^"\\])*"|'(?:[^']|'')*'|[^"'[{&*!|>#-][^#]*?|-[^\s#][^#]*?)\s*:(?:\s+(.*))?$/.exec(line.text);
  if (!match) return undefined;
  const [, key = '', value = ''] = match;
  return [/^["']/.test(key) ? unquoted(key, line) : key, value];
};

/** Reads the lines of one document in their order. */
class Reader {
  readonly #lines: Line[];

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  /** What stands at `indent` or deeper from here on. */
  block(indent: number): unknown {
    const [line] = this.#lines;
    if (!line || line.indent < indent) return null;
    if (line.text === '-' || line.text.startsWith('- ')) return this.#sequence(line.indent);
    if (splitPair(line)) return this.#mapping(line.indent);
    this.#lines.shift();
    return scalarOf(line.text, line);
  }

  end(): void {
    const [line] = this.#lines;
    if (line) throw refuse(line, `did not expect ${JSON.stringify(line.text)}`);
  }

  #sequence(indent: number): readonly unknown[] {
    const items: unknown[] = [];
    for (;;) {
      const [line] = this.#lines;
      if (!line || line.indent !== indent || !/^-(\s|$)/.test(line.text)) break;
      const rest = line.text.slice(1).trimStart();
      this.#lines.shift();
      if (rest !== '') {
        // What follows the dash is a block of its own, whose first line begins here.
        const inner = indent + line.text.length - rest.length;
        this.#lines.unshift({ indent: inner, text: rest, number: line.number });
      }
      items.push(this.block(indent + 1));
    }
    return items;
  }

  #mapping(indent: number): Readonly<Record<string, unknown>> {
    const pairs: [string, unknown][] = [];
    for (;;) {
      const [line] = this.#lines;
      if (!line || line.indent < indent) break;
      const pair = line.indent === indent ? splitPair(line) : undefined;
      if (!pair) throw refuse(line, 'could not find expected key');
      this.#lines.shift();
      const [key, value] = pair;
      if (pairs.some(([known]) => known === key)) throw refuse(line, `key ${key} is there twice`);
      pairs.push([key, value === '' ? this.#below(indent) : scalarOf(value, line)]);
    }
    return Object.fromEntries(pairs);
  }

  /** A key's value on the lines below it; a sequence may stand as far left as the key. */
  #below(indent: number): unknown {
    const [line] = this.#lines;
    const isList = line?.indent === indent && /^-(\s|$)/.test(line.text);
    return this.block(isList ? indent : indent + 1);
  }
}

/** Reads a YAML document as JSON values. @throws invalid-argument for what is no YAML, or more of it than is understood */
export const parseYaml = (text: string): unknown => {
  const tabbed = text.split('\n').findIndex((line) => /^ *\t/.test(line));
  if (tabbed >= 0) throw refuse({ indent: 0, text: '', number: tabbed + 1 }, 'a tab can not indent');
  const reader = new Reader(linesOf(text));
  const value = reader.block(0);
  reader.end();
  return value;
};
