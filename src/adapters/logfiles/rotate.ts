// SPDX-License-Identifier: Apache-2.0
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { errnoOf } from '../../sys/errno.ts';
import type { Rotation } from './logfiles.ts';

/** Where the file of `age` rotations ago is, unpacked. */
export const pathOfAge = (path: string, age: number): string => (age === 0 ? path : `${path}.${age}`);

const move = async (from: string, to: string): Promise<void> => {
  try {
    await rename(from, to);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
};

/** Makes room at `path`: every file gets one older, the oldest goes. Whoever has one open keeps it. */
export const makeOlder = async (path: string, { maxFiles }: Pick<Rotation, 'maxFiles'>): Promise<void> => {
  const oldest = pathOfAge(path, maxFiles - 1);
  await rm(oldest, { force: true });
  if (maxFiles > 1) await rm(`${oldest}.gz`, { force: true });
  for (let age = maxFiles - 1; age > 0; age -= 1) {
    await move(pathOfAge(path, age - 1), pathOfAge(path, age));
    if (age > 1) await move(`${pathOfAge(path, age - 1)}.gz`, `${pathOfAge(path, age)}.gz`);
  }
};

/** Packs the newest full file; the packed one takes its place whole or not at all. Never fails. */
export const packNewest = async (path: string): Promise<void> => {
  const full = pathOfAge(path, 1);
  const unfinished = `${full}.gz.tmp`;
  try {
    await pipeline(createReadStream(full), createGzip(), createWriteStream(unfinished, { mode: 0o640 }));
    await rename(unfinished, `${full}.gz`);
    await rm(full, { force: true });
  } catch {
    // A full disk: the log stays as it is, unpacked.
    await rm(unfinished, { force: true });
  }
};
