// SPDX-License-Identifier: Apache-2.0
import type { LogFileReader, LogFiles, LogFileWriter } from '../../adapters/logfiles/index.ts';
import type { ReadSignals } from './driver.ts';

/** Remembers that something was written since one looked last, so that no change is missed between two looks. */
export class Changes implements Disposable {
  readonly #subscription: Disposable | undefined;
  #changed = false;
  #wake: () => void = () => undefined;

  constructor(writer: LogFileWriter | undefined) {
    this.#subscription = writer?.onChange(() => {
      this.#changed = true;
      this.#wake();
    });
  }

  /** Resolves at a change since the last call, or when one of `signals` aborts. */
  async next({ signal, ended }: ReadSignals): Promise<void> {
    if (!this.#changed && !signal.aborted && !ended.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = (): void => resolve();
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
      ended.addEventListener('abort', wake, { once: true });
      await promise;
      signal.removeEventListener('abort', wake);
      ended.removeEventListener('abort', wake);
    }
    this.#changed = false;
  }

  [Symbol.dispose](): void {
    this.#subscription?.[Symbol.dispose]();
  }
}

/** Files of a log, opened so that they belong together. */
export interface OpenedFiles {
  /** Oldest first; the last is the one being written, when there is one. */
  readonly readers: readonly LogFileReader[];
  /** The writer's generation to which the last one belongs. */
  readonly generation: number;
}

/** How often opening is tried while the writer rotates under it: it rotates once per file's worth of bytes. */
const TRIES = 10;

const close = async (readers: readonly LogFileReader[]): Promise<void> => {
  for (const reader of readers) await reader[Symbol.asyncDispose]();
};

/** Opens the files of `ages` rotations ago and younger, as many as there are. */
const openAll = async (files: LogFiles, path: string, ages: number): Promise<readonly LogFileReader[]> => {
  const readers: LogFileReader[] = [];
  for (let age = 0; age <= ages; age += 1) {
    const reader = await files.openReader(path, age);
    if (reader) readers.unshift(reader);
    else if (age > 0) break;
  }
  return readers;
};

/** Opens the log's files, the youngest and those up to `ages` rotations older, at one moment between two rotations. */
export const openFiles = async (
  files: LogFiles,
  path: string,
  writer: LogFileWriter | undefined,
  ages: number,
): Promise<OpenedFiles> => {
  for (let attempt = 1; ; attempt += 1) {
    await writer?.flush();
    const generation = writer?.generation ?? 0;
    const wasRotating = writer?.isRotating === true;
    const readers = await openAll(files, path, ages);
    const isRotating = writer?.isRotating === true;
    const belong = !wasRotating && !isRotating && generation === (writer?.generation ?? 0);
    if (belong || attempt === TRIES) return { readers, generation };
    await close(readers);
  }
};
