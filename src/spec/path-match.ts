// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';

const bad = (): EngineError => new EngineError('internal', 'syntax error in pattern');

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');

/** One character of a class, escaped or not; where it ends. */
const classChar = (pattern: string, at: number): { readonly text: string; readonly next: number } => {
  const escaped = pattern[at] === '\\';
  const char = pattern[at + (escaped ? 1 : 0)];
  if (char === undefined || (!escaped && (char === '-' || char === ']'))) throw bad();
  return { text: char === '-' ? '\\-' : literal(char), next: at + (escaped ? 2 : 1) };
};

/** `[a-z]` or `[^abc]` from after the bracket, as a regular expression; where it ends. */
const classOf = (pattern: string, start: number): { readonly source: string; readonly next: number } => {
  const negated = pattern[start] === '^';
  let at = start + (negated ? 1 : 0);
  let source = '';
  for (let ranges = 0; ; ranges += 1) {
    if (pattern[at] === ']' && ranges > 0) break;
    const low = classChar(pattern, at);
    at = low.next;
    if (pattern[at] !== '-') {
      source += low.text;
      continue;
    }
    const high = classChar(pattern, at + 1);
    at = high.next;
    source += `${low.text}-${high.text}`;
  }
  return { source: negated ? `[^/${source}]` : `[${source}]`, next: at + 1 };
};

const translate = (pattern: string): string => {
  let source = '';
  for (let at = 0; at < pattern.length;) {
    const char = pattern[at] as string;
    at += 1;
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[') {
      const found = classOf(pattern, at);
      source += found.source;
      at = found.next;
    } else if (char === '\\') {
      const escaped = pattern[at];
      if (escaped === undefined) throw bad();
      source += literal(escaped);
      at += 1;
    } else source += literal(char);
  }
  return source;
};

/** A test for Go's `path.Match`: `*` and `?` stop at slashes, `[a-z]` and `[^a]` are classes, `\` escapes. @throws internal `syntax error in pattern` */
export const compilePathPattern = (pattern: string): ((text: string) => boolean) => {
  let expression: RegExp;
  try {
    expression = new RegExp(`^${translate(pattern)}$`, 'su');
  } catch (cause) {
    throw cause instanceof EngineError
      ? cause
      : new EngineError('internal', 'syntax error in pattern', { cause });
  }
  return (text) => expression.test(text);
};
