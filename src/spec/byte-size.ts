// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';

const UNITS = 'bkmgtp';
const SIZE = /^(\d+(?:\.\d+)?)\s*(?:([bkmgtp])(?:i?b)?)?$/i;

/** Bytes of `64M`, `1.5g`, `512kb`, `1024`: units are powers of 1024. @throws invalid-argument `invalid size: 'x'` */
export const parseByteSize = (text: string): number => {
  const match = SIZE.exec(text.trim());
  if (!match) throw new EngineError('invalid-argument', `invalid size: '${text}'`);
  const power = match[2] === undefined ? 0 : UNITS.indexOf(match[2].toLowerCase());
  return Math.trunc(Number(match[1]) * 1024 ** power);
};
