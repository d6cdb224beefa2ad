// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { LogFiles } from '../../../adapters/logfiles/index.ts';
import { EngineError } from '../../../base/errors.ts';
import type { LogDriver } from '../driver.ts';
import { FileLogs } from '../file-logs.ts';
import type { LogSubject } from '../logs.ts';
import { encodeEntries } from './entry.ts';
import { localFormat } from './format.ts';
import { parseLocalRotation } from './rotation.ts';

const NAME = 'local';

const NAMES = { maxSize: 'max-size', maxFiles: 'max-file', compress: 'compress' } as const;

const OPTIONS = new Set<string>(Object.values(NAMES));

const pathOf = (subject: LogSubject): string => join(subject.directory, 'local-logs', 'container.log');

/** Moby's own format: smaller and quicker than JSON, read by the engine alone. */
export const createLocalDriver = (files: LogFiles): LogDriver => {
  const logs = new FileLogs(files, localFormat);
  return {
    name: NAME,
    validate: (options) => {
      const unknown = Object.keys(options).find((name) => !OPTIONS.has(name));
      if (unknown !== undefined)
        throw new EngineError('invalid-argument', `unknown log opt '${unknown}' for log driver ${NAME}`);
    },
    open: async (subject, { report }) => {
      const rotation = parseLocalRotation(subject.config.config ?? {}, NAMES);
      return logs.open({ path: pathOf(subject), rotation, encode: encodeEntries, report });
    },
    read: (subject, query, signals) => logs.read(pathOf(subject), query, signals),
    past: (subject) => logs.past(pathOf(subject)),
  };
};
