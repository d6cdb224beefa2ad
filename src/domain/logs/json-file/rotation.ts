// SPDX-License-Identifier: Apache-2.0
import type { Rotation } from '../../../adapters/logfiles/index.ts';
import { EngineError } from '../../../base/errors.ts';
import type { LogOptions } from '../driver.ts';
import { parseCount, parseFlag, parseSize } from '../options.ts';

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

/** How a log grows that names no size: ADR 0014. */
const DEFAULT: Rotation = { maxSize: 100_000_000, maxFiles: 5, compress: false };

/** Asks for one file without an end, as dockerd's default is. */
const UNLIMITED = '-1';

const sizeOf = (text: string): number => {
  const size = parseSize(text);
  if (size <= 0) throw invalid('max-size must be a positive number');
  return size;
};

const filesOf = (text: string): number => {
  const files = parseCount(text);
  if (files < 1) throw invalid('max-file cannot be less than 1');
  return files;
};

/**
 * Reads `max-size`, `max-file` and `compress`. Without a size a log has five files of 100 MB (or `max-file` of them), with
 * one and without a number of files it has one, as in dockerd. @throws invalid-argument in dockerd's words
 */
export const parseRotation = (options: LogOptions): Rotation => {
  const size = options['max-size'];
  const hasSize = size !== undefined && size !== UNLIMITED;
  const maxFiles = filesOf(options['max-file'] ?? (size === undefined ? String(DEFAULT.maxFiles) : '1'));
  const compress = parseFlag(options['compress'] ?? 'false');
  const maxSize = hasSize ? sizeOf(size) : undefined;
  if (compress && (maxFiles === 1 || maxSize === undefined))
    throw invalid('compress cannot be true when max-file is less than 2 or max-size is not set');
  if (size === undefined) return { ...DEFAULT, maxFiles, compress };
  return { maxFiles, compress, ...(maxSize === undefined ? {} : { maxSize }) };
};
