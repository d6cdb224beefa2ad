// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { LogFiles, Rotation } from '../../adapters/logfiles/index.ts';
import type { LogContext, LogOptions, LogPast, LogTarget, ReadSignals } from './driver.ts';
import { FileLogs } from './file-logs.ts';
import { encodeEntries } from './local/entry.ts';
import { localFormat } from './local/format.ts';
import { parseLocalRotation } from './local/rotation.ts';
import type { LogLine, LogQuery, LogSubject } from './logs.ts';
import { isFlagSet } from './options.ts';

const NAMES = { maxSize: 'cache-max-size', maxFiles: 'cache-max-file', compress: 'cache-compress' } as const;

/** As dockerd, which takes the defaults for values that it can't read. */
const rotationOf = (options: LogOptions): Rotation => {
  try {
    return parseLocalRotation(options, NAMES);
  } catch {
    return parseLocalRotation({}, NAMES);
  }
};

const pathOf = (subject: LogSubject): string => join(subject.directory, 'container-cached.log');

/** A copy of the output of drivers that can't read, in the local format, so that `docker logs` can show it. */
export class LogCache {
  readonly #logs: FileLogs;

  constructor(files: LogFiles) {
    this.#logs = new FileLogs(files, localFormat);
  }

  /** False with `cache-disabled`. */
  isWanted(subject: LogSubject): boolean {
    return !isFlagSet(subject.config.config?.['cache-disabled'] ?? '');
  }

  /** @throws by errno */
  async open(subject: LogSubject, { report }: LogContext): Promise<LogTarget> {
    const rotation = rotationOf(subject.config.config ?? {});
    return this.#logs.open({ path: pathOf(subject), rotation, encode: encodeEntries, report });
  }

  read(subject: LogSubject, query: LogQuery, signals: ReadSignals): AsyncIterable<LogLine> {
    return this.#logs.read(pathOf(subject), query, signals);
  }

  /** As `LogDriver.past`. @throws by errno */
  past(subject: LogSubject): Promise<LogPast> {
    return this.#logs.past(pathOf(subject));
  }
}
