// SPDX-License-Identifier: Apache-2.0
import type { Rotation } from '../../../adapters/logfiles/index.ts';
import { EngineError, messageOf } from '../../../base/errors.ts';
import type { LogOptions } from '../driver.ts';
import { parseCount, parseFlag, parseSize } from '../options.ts';

/** What Moby's driver does without options. */
const DEFAULT = { maxSize: String(20 * 1024 * 1024), maxFiles: '5', compress: 'true' } as const;

const invalid = (text: string, cause?: unknown): EngineError =>
  new EngineError('invalid-argument', text, { cause });

const read = <Value>(
  text: string,
  parse: (text: string) => Value,
  describe: (message: string) => string,
): Value => {
  try {
    return parse(text);
  } catch (cause) {
    throw invalid(describe(messageOf(cause)), cause);
  }
};

/** Names of the options, which the cache of a driver that can't read has under other ones. */
export interface RotationNames {
  readonly maxSize: string;
  readonly maxFiles: string;
  readonly compress: string;
}

/**
 * Reads the rotation of a log in the local format; a size of 0 is one without an end.
 * @throws invalid-argument in dockerd's words
 */
export const parseLocalRotation = (options: LogOptions, names: RotationNames): Rotation => {
  const sizeText = options[names.maxSize] ?? DEFAULT.maxSize;
  const filesText = options[names.maxFiles] ?? DEFAULT.maxFiles;
  const maxSize = read(sizeText, parseSize, (text) => `invalid value for max-size: ${sizeText}: ${text}`);
  const maxFiles = read(filesText, parseCount, (text) => `invalid value for max-file: ${filesText}: ${text}`);
  const compress = read(
    options[names.compress] ?? DEFAULT.compress,
    parseFlag,
    (text) => `error reading compress log option: ${text}`,
  );
  if (compress && maxFiles <= 1) throw invalid('compression cannot be enabled when max file count is 1');
  return { maxFiles: Math.max(1, maxFiles), compress, ...(maxSize > 0 && { maxSize }) };
};
