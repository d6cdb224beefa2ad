// SPDX-License-Identifier: Apache-2.0
import type { Rotation } from '../../adapters/logfiles/index.ts';
import { EngineError } from '../../base/errors.ts';
import type { LogOptions } from './driver.ts';
import { parseCount, parseFlag, parseSize } from './options.ts';

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

const sizeOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const size = parseSize(text);
  if (size <= 0) throw invalid('max-size must be a positive number');
  return size;
};

/** Reads `max-size`, `max-file` and `compress`. @throws invalid-argument in dockerd's words */
export const parseRotation = (options: LogOptions): Rotation => {
  const maxSize = sizeOf(options['max-size']);
  const maxFiles = parseCount(options['max-file'] ?? '1');
  if (maxFiles < 1) throw invalid('max-file cannot be less than 1');
  const compress = parseFlag(options['compress'] ?? 'false');
  if (compress && (maxFiles === 1 || maxSize === undefined))
    throw invalid('compress cannot be true when max-file is less than 2 or max-size is not set');
  return { maxFiles, compress, ...(maxSize === undefined ? {} : { maxSize }) };
};
