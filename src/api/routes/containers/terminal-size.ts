// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { TerminalSize } from '../../../domain/containers/index.ts';
import { uint32Fault } from '../../../spec/integers.ts';
import type { Query } from '../../query.ts';

const readSide = (query: Query, key: string, side: string): number => {
  const text = query.text(key);
  const fault = uint32Fault(text);
  if (fault === undefined) return Number(text);
  throw new EngineError('invalid-argument', `invalid resize ${side} ${JSON.stringify(text)}: ${fault}`);
};

/** `h` and `w` of a resize, both of which must be there. @throws invalid-argument */
export const readTerminalSize = (query: Query): TerminalSize => ({
  height: readSide(query, 'h', 'height'),
  width: readSide(query, 'w', 'width'),
});
