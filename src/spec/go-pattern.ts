// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';

const FLAGS = /^\(\?([imsU]+)\)/;

/** Classes that stand in brackets. Source: re2 syntax, "ASCII character classes". */
const CLASSES: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  punct: String.raw`!-\/:-@[-\`{-~`,
  space: String.raw`\t\n\v\f\r `,
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

const quote = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** What Go's expressions have none of: what looks around, and what refers back. */
const FOREIGN = /\(\?<?[=!]|\\[1-9]/;

/**
 * A pattern of Go's as one of the platform's: flags in front become the expression's, `(?P<x>` becomes `(?<x>`, `\A` and
 * `\z` become `^` and `$`, `\Q…\E` and `[[:alpha:]]` what they stand for. @throws invalid-argument in Go's words
 */
export const compileGoPattern = (pattern: string): RegExp => {
  const flags = FLAGS.exec(pattern)?.[1] ?? '';
  const body = pattern
    .replace(FLAGS, '')
    .replaceAll(/\\Q([^]*?)(?:\\E|$)/g, (_, text: string) => quote(text))
    .replaceAll(/\[:([a-z]+):\]/g, (whole, name: string) => CLASSES[name] ?? whole)
    .replaceAll('(?P<', '(?<')
    .replaceAll(String.raw`\A`, '^')
    .replaceAll(String.raw`\z`, '$');
  try {
    if (FOREIGN.test(body)) throw new SyntaxError('no expression of Go');
    return new RegExp(body, flags.replace('U', ''));
  } catch (cause) {
    throw new EngineError('invalid-argument', `error parsing regexp: invalid expression: \`${pattern}\``, {
      cause,
    });
  }
};
