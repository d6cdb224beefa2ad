// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';

const FLAGS = /^\(\?([imsU]+)\)/;

/**
 * A pattern of Go's as one of the platform's: flags in front become the expression's, `(?P<x>` becomes `(?<x>`, `\A` and
 * `\z` become `^` and `$`. @throws invalid-argument in Go's words
 */
export const compileGoPattern = (pattern: string): RegExp => {
  const flags = FLAGS.exec(pattern)?.[1] ?? '';
  const body = pattern
    .replace(FLAGS, '')
    .replaceAll('(?P<', '(?<')
    .replaceAll(String.raw`\A`, '^')
    .replaceAll(String.raw`\z`, '$');
  try {
    return new RegExp(body, flags.replace('U', ''));
  } catch (cause) {
    throw new EngineError('invalid-argument', `error parsing regexp: invalid expression: \`${pattern}\``, {
      cause,
    });
  }
};
