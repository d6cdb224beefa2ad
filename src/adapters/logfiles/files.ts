// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { errnoOf } from '../../sys/errno.ts';
import type { LogFileReader, LogFiles } from './logfiles.ts';
import { pathOfAge } from './rotate.ts';
import { openFileWriter } from './writer.ts';

const unpack = promisify(gunzip);

const modifiedAt = async (file: FileHandle): Promise<bigint> => (await file.stat({ bigint: true })).mtimeNs;

const fileReader = (file: FileHandle): LogFileReader => ({
  size: async () => (await file.stat()).size,
  modifiedAt: async () => modifiedAt(file),
  read: async (into, position) => (await file.read(into, 0, into.byteLength, position)).bytesRead,
  [Symbol.asyncDispose]: () => file.close(),
});

/** A packed file: it is opened now, so that no rotation pulls it away, and unpacked when somebody reads it. */
const packedReader = (file: FileHandle): LogFileReader => {
  let unpacking: Promise<Uint8Array> | undefined;
  const bytes = (): Promise<Uint8Array> =>
    (unpacking ??= file.readFile().then(async (packed) => unpack(packed)));
  return {
    size: async () => (await bytes()).byteLength,
    // When it was packed: later than its last record.
    modifiedAt: async () => modifiedAt(file),
    read: async (into, position) => {
      const part = (await bytes()).subarray(position, position + into.byteLength);
      into.set(part);
      return part.byteLength;
    },
    [Symbol.asyncDispose]: async () => {
      unpacking = undefined;
      await file.close();
    },
  };
};

const ifThere = async <Value>(value: Promise<Value>): Promise<Value | undefined> => {
  try {
    return await value;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const openReader = async (path: string, age: number): Promise<LogFileReader | undefined> => {
  const place = pathOfAge(path, age);
  const file = await ifThere(open(place, 'r'));
  if (file) return fileReader(file);
  const packed = age === 0 ? undefined : await ifThere(open(`${place}.gz`, 'r'));
  return packed && packedReader(packed);
};

/** The log files of this machine. */
export const createLogFiles = (): LogFiles => ({ openWriter: openFileWriter, openReader });
