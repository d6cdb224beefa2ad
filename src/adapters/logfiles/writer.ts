// SPDX-License-Identifier: Apache-2.0
import { writeSync, writevSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Batcher } from './batch.ts';
import { cutAt } from './cut.ts';
import { type Framing, framingOf } from './framing.ts';
import type { LogFileOptions, LogFileWriter, Rotation } from './logfiles.ts';
import { Pace } from './pace.ts';
import { makeOlder, packNewest } from './rotate.ts';

/** Readable by the log group, as dockerd makes them. */
const MODE = 0o640;

/** Bytes that are written without a detour over the thread pool. */
const AT_ONCE = 16 * 1024;

const append = (path: string): Promise<FileHandle> => open(path, 'a+', MODE);

class FileWriter implements LogFileWriter {
  readonly #path: string;
  readonly #rotation: Rotation;
  readonly #framing: Framing;
  readonly #pace = new Pace();
  readonly #onFailure: (error: unknown) => void;
  readonly #listeners = new Set<() => void>();
  readonly #batcher = new Batcher((batch) => this.#writeBatch(batch));
  #file: FileHandle;
  #size: number;
  /** Bytes up to which the file holds whole records. */
  #wholeSize: number;
  #generation = 0;
  #isRotating = false;
  #packing: Promise<void> | undefined;
  #failing = false;

  constructor(
    path: string,
    { framing, ...rotation }: LogFileOptions,
    onFailure: (error: unknown) => void,
    opened: { readonly file: FileHandle; readonly size: number; readonly wholeSize: number },
  ) {
    this.#path = path;
    this.#rotation = rotation;
    this.#framing = framingOf(framing);
    this.#onFailure = onFailure;
    this.#file = opened.file;
    this.#size = opened.size;
    this.#wholeSize = opened.wholeSize;
  }

  get generation(): number {
    return this.#generation;
  }

  get isRotating(): boolean {
    return this.#isRotating;
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
    await this.#packing;
    await this.#file.close();
  }

  /** A failure costs this batch; the next one tries anew, so that logging goes on once there is room again. */
  async #writeBatch(batch: readonly Uint8Array[]): Promise<void> {
    try {
      await this.#writeAll(batch);
      this.#failing = false;
    } catch (error) {
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
        maxSize === undefined ? { fits: left, rest: [] } : cutAt(left, maxSize - this.#size, this.#framing);
      await this.#append(fits);
      left = rest;
    }
  }

  async #append(chunks: readonly Uint8Array[]): Promise<void> {
    let left = this.#wholeSize === this.#size ? [...chunks] : [...(await this.#mend()), ...chunks];
    while (left.length > 0) {
      const bytesWritten = await this.#writev(left);
      this.#size += bytesWritten;
      left = without(left, bytesWritten);
    }
    this.#wholeSize = this.#size;
  }

  /** Makes the file end in a whole record again, or gives what will when it is written first. */
  async #mend(): Promise<readonly Uint8Array[]> {
    if (this.#framing.separator) return [this.#framing.separator];
    await this.#file.truncate(this.#wholeSize);
    this.#size = this.#wholeSize;
    return [];
  }

  /**
   * A few lines are written at once, in the turn in which they came: it costs less than a thread of the pool, and what a
   * kill of the daemon can take with it is what came in that turn. A flood is left to the pool, and so is all that is
   * written to a disk that has shown to be slow: it must not hold up the whole daemon.
   */
  async #writev(chunks: readonly Uint8Array[]): Promise<number> {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    const start = performance.now();
    if (bytes > AT_ONCE || !this.#pace.isQuick(start)) return (await this.#file.writev(chunks)).bytesWritten;
    const written = writeAtOnce(this.#file.fd, chunks);
    this.#pace.note(start, performance.now());
    return written;
  }

  /** Packing goes on behind the writing; only the next rotation waits for it. */
  async #rotate(): Promise<void> {
    await this.#packing;
    this.#isRotating = true;
    try {
      await makeOlder(this.#path, this.#rotation);
      const full = this.#file;
      this.#file = await append(this.#path);
      this.#size = 0;
      this.#wholeSize = 0;
      this.#generation += 1;
      await full.close();
    } finally {
      this.#isRotating = false;
    }
    if (this.#rotation.compress && this.#rotation.maxFiles > 1) this.#packing = packNewest(this.#path);
  }
}

/** One chunk is the usual case, and its call the cheaper one. */
const writeAtOnce = (fd: number, chunks: readonly Uint8Array[]): number => {
  const [only] = chunks;
  return only && chunks.length === 1 ? writeSync(fd, only) : writevSync(fd, chunks);
};

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
  options: LogFileOptions,
  onFailure: (error: unknown) => void,
): Promise<LogFileWriter> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o710 });
  const file = await append(path);
  const { size } = await file.stat();
  const wholeSize = await framingOf(options.framing).wholeSize(file, size);
  return new FileWriter(path, options, onFailure, { file, size, wholeSize });
};
