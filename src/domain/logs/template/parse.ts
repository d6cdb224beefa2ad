// SPDX-License-Identifier: Apache-2.0
import { FUNCTIONS } from './functions.ts';
import { parseError, type Spot } from './template-error.ts';
import { readParts, type Part, type Token } from './tokens.ts';
import { unquote } from './unquote.ts';
import type { Value } from './value.ts';

/** A word of a command. */
export type Operand =
  | { readonly kind: 'dot'; readonly spot: Spot }
  | { readonly kind: 'fields'; readonly of?: Operand; readonly names: readonly string[]; readonly spot: Spot }
  | { readonly kind: 'function'; readonly name: string; readonly spot: Spot }
  | { readonly kind: 'literal'; readonly value: Value; readonly spot: Spot }
  | { readonly kind: 'group'; readonly pipeline: Pipeline; readonly spot: Spot };

/** An operand and its arguments. */
export type Command = readonly [Operand, ...Operand[]];

/** Each command's value is the last argument of the next. */
export type Pipeline = readonly [Command, ...Command[]];

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if';
      readonly pipeline: Pipeline;
      readonly then: readonly Node[];
      readonly otherwise: readonly Node[];
    };

/** What Go's templates have and a tag has no use for: said clearly instead of half done. */
const NOT_BUILT = new Set(['range', 'with', 'define', 'template', 'block', 'break', 'continue']);

const LITERALS = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['nil', undefined],
]);

/** Reads the words of one action. */
class ActionReader {
  readonly #tokens: readonly Token[];
  readonly #line: number;
  #at: number;

  constructor(tokens: readonly Token[], line: number, from = 0) {
    this.#tokens = tokens;
    this.#line = line;
    this.#at = from;
  }

  /** All that is left. */
  all(): Pipeline {
    const pipeline = this.#pipeline();
    const next = this.#peek();
    if (next) throw parseError(next.line, `unexpected ${JSON.stringify(next.text)} in command`);
    return pipeline;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #isNext(sign: string): boolean {
    return this.#peek()?.text === sign && this.#peek()?.kind === 'sign';
  }

  #pipeline(): Pipeline {
    const commands = [this.#command()];
    while (this.#isNext('|')) {
      this.#at += 1;
      const command = this.#command();
      if (command[0].kind === 'literal' || command[0].kind === 'dot')
        throw parseError(this.#line, `non executable command in pipeline stage ${commands.length + 1}`);
      commands.push(command);
    }
    return commands as readonly Command[] as Pipeline;
  }

  #command(): Command {
    const operands: Operand[] = [];
    for (let operand = this.#operand(); operand; operand = this.#operand()) operands.push(operand);
    const [first, ...others] = operands;
    if (!first)
      throw parseError(
        this.#line,
        this.#isNext(')') ? 'unexpected ")" in command' : 'missing value for command',
      );
    return [first, ...others];
  }

  #operand(): Operand | undefined {
    const token = this.#peek();
    if (!token || token.text === '|' || token.text === ')') return undefined;
    this.#at += 1;
    const first = this.#first(token);
    const names: string[] = first.kind === 'fields' ? [...first.names] : [];
    let spot = first.spot;
    for (let next = this.#peek(); next?.kind === 'field' && !next.isApart; next = this.#peek()) {
      this.#at += 1;
      names.push(next.text.slice(1));
      spot = { ...next, text: spot.text + next.text };
    }
    if (names.length === 0) return first;
    return first.kind === 'fields'
      ? { kind: 'fields', names, spot }
      : { kind: 'fields', of: first, names, spot };
  }

  #first(token: Token): Operand {
    const spot: Spot = { line: token.line, column: token.column, text: token.text };
    const { kind, text } = token;
    if (kind === 'dot') return { kind, spot };
    if (kind === 'field') return { kind: 'fields', names: [text.slice(1)], spot };
    if (kind === 'string') return { kind: 'literal', value: unquote(text, token.line), spot };
    if (kind === 'number') return { kind: 'literal', value: Number(text), spot };
    if (kind === 'name') return this.#name(text, spot);
    if (text === '(') return this.#group(spot);
    if (kind === 'variable' && text === '$') return { kind: 'dot', spot };
    if (kind === 'variable')
      throw parseError(token.line, `variables are not supported in a log tag: "${text}"`);
    throw parseError(token.line, `unexpected ${JSON.stringify(text)} in command`);
  }

  #name(text: string, spot: Spot): Operand {
    if (LITERALS.has(text)) return { kind: 'literal', value: LITERALS.get(text), spot };
    if (NOT_BUILT.has(text)) throw parseError(spot.line, `{{${text}}} is not supported in a log tag`);
    if (!FUNCTIONS.has(text)) throw parseError(spot.line, `function "${text}" not defined`);
    return { kind: 'function', name: text, spot };
  }

  #group(spot: Spot): Operand {
    const start = this.#at;
    const pipeline = this.#pipeline();
    if (!this.#isNext(')')) throw parseError(this.#line, 'unclosed left paren');
    const inner = this.#tokens
      .slice(start, this.#at)
      .map(({ text, isApart }) => (isApart ? ` ${text}` : text));
    this.#at += 1;
    return { kind: 'group', pipeline, spot: { ...spot, text: `(${inner.join('').trim()})` } };
  }
}

type Action = Extract<Part, { kind: 'action' }>;

const wordOf = (part: Part | undefined): string | undefined =>
  part?.kind === 'action' && part.tokens[0]?.kind === 'name' ? part.tokens[0].text : undefined;

/** Reads a template's parts as they are nested. */
class Reader {
  readonly #parts: readonly Part[];
  #at = 0;

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  all(): readonly Node[] {
    const nodes = this.#list();
    const stray = this.#parts[this.#at];
    if (stray?.kind === 'action') throw parseError(stray.line, `unexpected {{${wordOf(stray) ?? ''}}}`);
    return nodes;
  }

  /** Up to an `else`, an `end`, or the end of all. */
  #list(): readonly Node[] {
    const nodes: Node[] = [];
    for (let part = this.#parts[this.#at]; part; part = this.#parts[this.#at]) {
      const word = wordOf(part);
      if (word === 'else' || word === 'end') break;
      this.#at += 1;
      if (part.kind === 'text') nodes.push(part);
      else if (word === 'if') nodes.push(this.#branch(part, 1));
      else nodes.push({ kind: 'print', pipeline: new ActionReader(part.tokens, part.line).all() });
    }
    return nodes;
  }

  /** An `if` whose condition begins at the action's word `from`. */
  #branch({ tokens, line }: Action, from: number): Node {
    const pipeline = new ActionReader(tokens, line, from).all();
    const then = this.#list();
    const otherwise = this.#otherwise(line);
    return { kind: 'if', pipeline, then, otherwise };
  }

  #otherwise(line: number): readonly Node[] {
    const part = this.#parts[this.#at];
    if (part?.kind !== 'action') throw parseError(line, 'unexpected EOF');
    this.#at += 1;
    if (wordOf(part) === 'end') return [];
    if (part.tokens[1]?.text === 'if') return [this.#branch(part, 2)];
    const nodes = this.#list();
    if (wordOf(this.#parts[this.#at]) !== 'end') throw parseError(line, 'unexpected EOF');
    this.#at += 1;
    return nodes;
  }
}

/** Reads a template. @throws invalid-argument in Go's words, or clearly for what is not built */
export const parseTemplate = (template: string): readonly Node[] => new Reader(readParts(template)).all();
