// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { LogFiles } from '../../../adapters/logfiles/index.ts';
import { extraAttributes, logTag } from '../attributes.ts';
import type { LogDriver } from '../driver.ts';
import { FileLogs } from '../file-logs.ts';
import type { LogSubject } from '../logs.ts';
import { checkOptionNames } from '../options.ts';
import { RecordEncoder } from './encode.ts';
import { jsonFormat } from './format.ts';
import { parseRotation } from './rotation.ts';

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

const pathOf = (subject: LogSubject): string => join(subject.directory, `${subject.id}-json.log`);

/** What each record carries beside its line; a tag only when one is asked for. */
const attributesOf = (subject: LogSubject, hostname: string): Readonly<Record<string, string>> => {
  const tag = logTag(subject, hostname, '');
  return tag === '' ? extraAttributes(subject) : { ...extraAttributes(subject), tag };
};

/** docker's default driver: a file of JSON records beside the container's configuration, which log shippers read. */
export const createJsonFileDriver = (files: LogFiles): LogDriver => {
  const logs = new FileLogs(files, jsonFormat);
  return {
    name: NAME,
    validate: (options) => checkOptionNames(NAME, options, OPTIONS),
    path: pathOf,
    open: async (subject, { hostname, report }) => {
      const rotation = parseRotation(subject.config.config ?? {});
      const encoder = new RecordEncoder(attributesOf(subject, hostname));
      const encode: RecordEncoder['encode'] = (piece) => encoder.encode(piece);
      return logs.open({ path: pathOf(subject), rotation, encode, report });
    },
    read: (subject, query, signals) => logs.read(pathOf(subject), query, signals),
    past: (subject) => logs.past(pathOf(subject)),
  };
};
