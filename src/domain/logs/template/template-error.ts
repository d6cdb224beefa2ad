// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';

/** The name under which Docker's messages know a tag. */
const NAME = 'log-tag';

/** A part of a template, and where it stands. */
export interface Spot {
  /** From 1 on. */
  readonly line: number;
  /** Characters of the line before it. */
  readonly column: number;
  readonly text: string;
}

/** A template that can't be read, in the words of Go's text/template. */
export const parseError = (line: number, message: string): EngineError =>
  new EngineError('invalid-argument', `template: ${NAME}:${line}: ${message}`);

/** A template that can't be filled in, in the words of Go's text/template. */
export const executeError = ({ line, column, text }: Spot, message: string): EngineError =>
  new EngineError(
    'invalid-argument',
    `template: ${NAME}:${line}:${column}: executing "${NAME}" at <${text}>: ${message}`,
  );
