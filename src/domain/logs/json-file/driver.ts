// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { LogFiles, LogFileWriter } from '../../../adapters/logfiles/index.ts';
import { EngineError, messageOf } from '../../../base/errors.ts';
import type { Log } from '../../../base/log.ts';
import { formatRfc3339Nano, now } from '../../../base/time.ts';
import { logAttributes } from '../attributes.ts';
import type { LogDriver } from '../driver.ts';
import type { LogSink, LogSubject, OutputStream } from '../logs.ts';
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
  readonly log: Log;
  /** The host's, for tags. */
  readonly hostname: string;
}

const pathOf = (subject: LogSubject): string => join(subject.directory, `${subject.id}-json.log`);

/** Values are only looked at here, not at create: as in dockerd a bad one fails the start. */
const settings = (subject: LogSubject, hostname: string) => {
  try {
    return {
      rotation: parseRotation(subject.config.config ?? {}),
      attributes: logAttributes(subject, hostname),
    };
  } catch (cause) {
    throw new EngineError('internal', messageOf(cause), { cause });
  }
};

/** With `mode=non-blocking` a full buffer costs records, never the process's time. */
const dropWhenFull = (writer: LogFileWriter): LogFileWriter['write'] => {
  let isFull = false;
  return (records) => {
    if (isFull) return undefined;
    const room = writer.write(records);
    if (room) {
      isFull = true;
      void room.then(() => (isFull = false));
    }
    return undefined;
  };
};

/** The sink of one run: cuts output into records and hands them to the file. */
const createSink = (
  writer: LogFileWriter,
  attributes: Readonly<Record<string, string>> | undefined,
  isBlocking: boolean,
  release: () => void,
): LogSink => {
  const put = isBlocking ? (records: Uint8Array) => writer.write(records) : dropWhenFull(writer);
  const encoders: Readonly<Record<OutputStream, RecordEncoder>> = {
    stdout: new RecordEncoder('stdout', attributes),
    stderr: new RecordEncoder('stderr', attributes),
  };
  return {
    write: (stream, chunk) => {
      const records = encoders[stream].take(chunk, formatRfc3339Nano(now()));
      return records && put(records);
    },
    [Symbol.asyncDispose]: async () => {
      for (const encoder of Object.values(encoders)) {
        const rest = encoder.finish(formatRfc3339Nano(now()));
        if (rest) void writer.write(rest);
      }
      await writer[Symbol.asyncDispose]();
      release();
    },
  };
};

/** docker's default driver: a file of JSON records beside the container's configuration, which log shippers read. */
export const createJsonFileDriver = ({ files, log, hostname }: JsonFileDeps): LogDriver => {
  /** Logs that are being written at present, by path: readers are told of new records by their writers. */
  const writers = new Map<string, LogFileWriter>();
  return {
    name: NAME,
    validate: (options) => checkOptionNames(NAME, options, OPTIONS),
    path: pathOf,
    open: async (subject) => {
      const path = pathOf(subject);
      const { rotation, attributes } = settings(subject, hostname);
      const writer = await files.openWriter(path, rotation, (error) =>
        log.warn('output of a container is lost, its log cannot be written', {
          container: subject.id,
          path,
          error: messageOf(error),
        }),
      );
      writers.set(path, writer);
      const isBlocking = subject.config.config?.['mode'] !== 'non-blocking';
      return createSink(writer, attributes, isBlocking, () => {
        if (writers.get(path) === writer) writers.delete(path);
      });
    },
    read: (subject, query, signals) => {
      const path = pathOf(subject);
      return readLog({ files, path, writer: writers.get(path) }, query, signals);
    },
  };
};
