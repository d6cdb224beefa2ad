// SPDX-License-Identifier: Apache-2.0
import { parseError, type Spot } from './template-error.ts';

/** A word of an action. `space` stands before it when it is apart from the one before. */
export interface Token extends Spot {
  readonly kind: 'field' | 'dot' | 'name' | 'string' | 'number' | 'variable' | 'sign' | 'declare';
  readonly isApart: boolean;
}

/** A template's text, and what is between its braces. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[]; readonly line: number };

const PATTERNS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'/y],
  ['field', /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ['number', /[+-]?(?:0[xX][\da-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y],
  ['dot', /\./y],
  ['declare', /:=|=/y],
  ['sign', /[|(),]/y],
  ['variable', /\$[\p{L}\p{N}_]*/uy],
  ['name', /[\p{L}_][\p{L}\p{N}_]*/uy],
];

const SPACE = /[ \t\r\n]*/y;

const QUOTE_KINDS: Readonly<Record<string, string>> = {
  '"': 'unterminated quoted string',
  "'": 'unterminated character constant',
  '`': 'unterminated raw quoted string',
};

const skip = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
};

const spotOf = (template: string, at: number): Omit<Spot, 'text'> => {
  const before = template.slice(0, at);
  const newline = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: Buffer.byteLength(before.slice(newline + 1)) };
};

const tokenAt = (template: string, at: number, isApart: boolean): Token => {
  const spot = spotOf(template, at);
  for (const [kind, pattern] of PATTERNS) {
    const text = skip(pattern, template, at);
    if (text !== undefined) return { kind, text, isApart, ...spot };
  }
  const character = template[at] ?? '';
  throw parseError(spot.line, QUOTE_KINDS[character] ?? `unexpected ${JSON.stringify(character)} in command`);
};

/** Reads the action whose words begin at `at`. */
const readAction = (
  template: string,
  at: number,
): { readonly tokens: readonly Token[]; readonly end: number } => {
  const tokens: Token[] = [];
  for (let place = at; ;) {
    const space = skip(SPACE, template, place) ?? '';
    const start = place + space.length;
    const isTrim = space !== '' && template.startsWith('-}}', start);
    if (isTrim || template.startsWith('}}', start)) return { tokens, end: start };
    if (start >= template.length) throw parseError(spotOf(template, at).line, 'unclosed action');
    const token = tokenAt(template, start, space !== '');
    tokens.push(token);
    place = start + token.text.length;
  }
};

const COMMENT = /\/\*[^]*?\*\/(?=(?:[ \t\r\n]+-)?\}\})/y;

/** What an action begins with, and whether the text before it loses its spaces. */
const OPEN = /\{\{(?:-(?=[ \t\r\n]))?[ \t\r\n]*/g;

/** Takes a template apart. @throws invalid-argument in Go's words */
export const readParts = (template: string): readonly Part[] => {
  const parts: Part[] = [];
  let at = 0;
  let isTrimmed = false;
  const addText = (end: number, trimsEnd: boolean): void => {
    const text = template.slice(at, end);
    const started = isTrimmed ? text.trimStart() : text;
    parts.push({ kind: 'text', text: trimsEnd ? started.trimEnd() : started });
  };
  for (;;) {
    OPEN.lastIndex = at;
    const open = OPEN.exec(template);
    if (!open) break;
    addText(open.index, open[0].startsWith('{{-'));
    const start = open.index + open[0].length;
    const comment = skip(COMMENT, template, start);
    const { tokens, end } = readAction(template, start + (comment?.length ?? 0));
    if (comment === undefined)
      parts.push({ kind: 'action', tokens, line: spotOf(template, open.index).line });
    isTrimmed = template[end] === '-';
    at = end + (isTrimmed ? 3 : 2);
  }
  addText(template.length, false);
  return parts;
};
