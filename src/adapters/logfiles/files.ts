// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { errnoOf } from '../../sys/errno.ts';
import type { LogFileReader, LogFiles } from './logfiles.ts';
import { pathOfAge } from './rotate.ts';
import { openFileWriter } from './writer.ts';

const unpack = promisify(gunzip);

const fileReader = (file: FileHandle): LogFileReader => ({
  size: async () => (await file.stat()).size,
  read: async (into, position) => (await file.read(into, 0, into.byteLength, position)).bytesRead,
  [Symbol.asyncDispose]: () => file.close(),
});

/** A log that is in memory as a whole: an unpacked one. */
const bytesReader = (bytes: Uint8Array): LogFileReader => ({
  size: async () => bytes.byteLength,
  read: async (into, position) => {
    const part = bytes.subarray(position, position + into.byteLength);
    into.set(part);
    return part.byteLength;
  },
  [Symbol.asyncDispose]: async () => undefined,
});

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
  const packed = age === 0 ? undefined : await ifThere(readFile(`${place}.gz`));
  return packed && bytesReader(await unpack(packed));
};

/** The log files of this machine. */
export const createLogFiles = (): LogFiles => ({ openWriter: openFileWriter, openReader });
