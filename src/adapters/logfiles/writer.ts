// SPDX-License-Identifier: Apache-2.0
import { writevSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Batcher } from './batch.ts';
import { cutAt } from './cut.ts';
import type { LogFileWriter, Rotation } from './logfiles.ts';
import { makeOlder, packNewest } from './rotate.ts';

const NEWLINE = Uint8Array.of(10);
/** Readable by the log group, as dockerd makes them. */
const MODE = 0o640;

/** Bytes that are written without a detour over the thread pool. */
const AT_ONCE = 16 * 1024;

const append = (path: string): Promise<FileHandle> => open(path, 'a', MODE);

/** True when the file's last record has no end: the process that wrote it died, or the disk was full. */
const isCutOff = async (path: string, size: number): Promise<boolean> => {
  if (size === 0) return false;
  await using file = await open(path, 'r');
  const last = Buffer.alloc(1);
  await file.read(last, 0, 1, size - 1);
  return last[0] !== NEWLINE[0];
};

class FileWriter implements LogFileWriter {
  readonly #path: string;
  readonly #rotation: Rotation;
  readonly #onFailure: (error: unknown) => void;
  readonly #listeners = new Set<() => void>();
  readonly #batcher = new Batcher((batch) => this.#writeBatch(batch));
  #file: FileHandle;
  #size: number;
  #generation = 0;
  #cutOff: boolean;
  #failing = false;

  constructor(
    path: string,
    rotation: Rotation,
    onFailure: (error: unknown) => void,
    opened: { readonly file: FileHandle; readonly size: number; readonly cutOff: boolean },
  ) {
    this.#path = path;
    this.#rotation = rotation;
    this.#onFailure = onFailure;
    this.#file = opened.file;
    this.#size = opened.size;
    this.#cutOff = opened.cutOff;
  }

  get generation(): number {
    return this.#generation;
  }

  write(records: Uint8Array): Promise<void> | undefined {
    return this.#batcher.add(records);
  }

  flush(): Promise<void> {
    return this.#batcher.flush();
  }

  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
    this.#listeners.clear();
    await this.#file.close();
  }

  /** A failure costs this batch; the next one tries anew, so that logging goes on once there is room again. */
  async #writeBatch(batch: readonly Uint8Array[]): Promise<void> {
    try {
      await this.#writeAll(batch);
      this.#failing = false;
    } catch (error) {
      this.#cutOff = true;
      if (!this.#failing) this.#onFailure(error);
      this.#failing = true;
    }
    for (const listener of this.#listeners) listener();
  }

  async #writeAll(batch: readonly Uint8Array[]): Promise<void> {
    const { maxSize } = this.#rotation;
    let left = batch;
    while (left.length > 0) {
      if (maxSize !== undefined && this.#size >= maxSize) await this.#rotate();
      const { fits, rest } =
        maxSize === undefined ? { fits: left, rest: [] } : cutAt(left, maxSize - this.#size);
      await this.#append(fits);
      left = rest;
    }
  }

  async #append(chunks: readonly Uint8Array[]): Promise<void> {
    let left = this.#cutOff ? [NEWLINE, ...chunks] : [...chunks];
    while (left.length > 0) {
      const bytesWritten = await this.#writev(left);
      this.#size += bytesWritten;
      left = without(left, bytesWritten);
    }
    this.#cutOff = false;
  }

  /**
   * A few lines are written at once, in the turn in which they came: it costs less than a thread of the pool, and what a
   * kill of the daemon can take with it is what came in that turn. A flood is left to the pool.
   */
  async #writev(chunks: readonly Uint8Array[]): Promise<number> {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    if (bytes <= AT_ONCE) return writevSync(this.#file.fd, chunks);
    return (await this.#file.writev(chunks)).bytesWritten;
  }

  async #rotate(): Promise<void> {
    await makeOlder(this.#path, this.#rotation);
    const full = this.#file;
    this.#file = await append(this.#path);
    this.#size = 0;
    this.#generation += 1;
    await full.close();
    if (this.#rotation.compress && this.#rotation.maxFiles > 1) await packNewest(this.#path);
  }
}

/** What of `chunks` is left after `count` bytes: a disk that fills up takes a part. */
const without = (chunks: readonly Uint8Array[], count: number): Uint8Array[] => {
  let skip = count;
  return chunks.flatMap((chunk) => {
    const skipped = Math.min(skip, chunk.byteLength);
    skip -= skipped;
    return skipped === chunk.byteLength ? [] : [chunk.subarray(skipped)];
  });
};

/** Opens `path` for appending. @throws by errno */
export const openFileWriter = async (
  path: string,
  rotation: Rotation,
  onFailure: (error: unknown) => void,
): Promise<LogFileWriter> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o710 });
  const file = await append(path);
  const { size } = await file.stat();
  return new FileWriter(path, rotation, onFailure, { file, size, cutOff: await isCutOff(path, size) });
};
