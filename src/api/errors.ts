// SPDX-License-Identifier: Apache-2.0
import { type ErrorKind, kindOf, messageOf } from '../base/errors.ts';

/** The HTTP status of each kind of error: the only such table. */
const STATUS: Readonly<Record<ErrorKind, number>> = {
  'invalid-argument': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  internal: 500,
  'not-implemented': 501,
  unavailable: 503,
  'insufficient-storage': 507,
  cancelled: 500,
};

export const statusOf = (error: unknown): number => STATUS[kindOf(error)];

/** The body of an error's answer: `{"message":"…"}` and a newline. */
export const errorBody = (message: string): string => `${JSON.stringify({ message })}\n`;

/** The text a client gets of an error. */
export const clientText = (error: unknown): string => messageOf(error);
