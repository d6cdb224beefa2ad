// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { LogFiles, LogFileWriter } from '../../../adapters/logfiles/index.ts';
import { extraAttributes, logTag } from '../attributes.ts';
import type { LogDriver } from '../driver.ts';
import type { LogSubject } from '../logs.ts';
import { checkOptionNames } from '../options.ts';
import { readLog } from '../read-log.ts';
import { parseRotation } from '../rotation.ts';
import { RecordEncoder } from './encode.ts';

const NAME = 'json-file';

const OPTIONS = new Set([
  'max-size',
  'max-file',
  'compress',
  'labels',
  'labels-regex',
  'env',
  'env-regex',
  'tag',
]);

export interface JsonFileDeps {
  readonly files: LogFiles;
}

const pathOf = (subject: LogSubject): string => join(subject.directory, `${subject.id}-json.log`);

/** What each record carries beside its line; a tag only when one is asked for. */
const attributesOf = (subject: LogSubject, hostname: string): Readonly<Record<string, string>> => {
  const tag = logTag(subject, hostname, '');
  return tag === '' ? extraAttributes(subject) : { ...extraAttributes(subject), tag };
};

/** docker's default driver: a file of JSON records beside the container's configuration, which log shippers read. */
export const createJsonFileDriver = ({ files }: JsonFileDeps): LogDriver => {
  /** Logs that are being written at present, by path: readers are told of new records by their writers. */
  const writers = new Map<string, LogFileWriter>();
  return {
    name: NAME,
    validate: (options) => checkOptionNames(NAME, options, OPTIONS),
    path: pathOf,
    open: async (subject, { hostname, report }) => {
      const path = pathOf(subject);
      const rotation = parseRotation(subject.config.config ?? {});
      const encoder = new RecordEncoder(attributesOf(subject, hostname));
      const writer = await files.openWriter(path, rotation, report);
      writers.set(path, writer);
      return {
        write: (piece) => writer.write(encoder.encode(piece)),
        [Symbol.asyncDispose]: async () => {
          await writer[Symbol.asyncDispose]();
          if (writers.get(path) === writer) writers.delete(path);
        },
      };
    },
    read: (subject, query, signals) => {
      const path = pathOf(subject);
      return readLog({ files, path, writer: writers.get(path) }, query, signals);
    },
  };
};
