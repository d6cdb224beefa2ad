// SPDX-License-Identifier: Apache-2.0
import { cutAt } from './cut.ts';
import { framingOf } from './framing.ts';
import type { LogFileOptions, LogFileReader, LogFiles, LogFileWriter } from './logfiles.ts';

interface FakeFile {
  /** Of a file that was not put there: the end of time. */
  readonly modifiedAt: bigint;
  bytes: Buffer;
}

const LATE = 1n << 62n;

const reader = (file: FakeFile): LogFileReader => ({
  size: async () => file.bytes.byteLength,
  modifiedAt: async () => file.modifiedAt,
  read: async (into, position) => {
    const part = file.bytes.subarray(position, position + into.byteLength);
    into.set(part);
    return part.byteLength;
  },
  [Symbol.asyncDispose]: async () => undefined,
});

/** Log files in memory; `full` makes writes fail as a full disk does. */
export class FakeLogFiles implements LogFiles {
  full = false;
  readonly #files = new Map<string, FakeFile>();

  async openWriter(
    path: string,
    rotation: LogFileOptions,
    onFailure: (error: unknown) => void,
  ): Promise<LogFileWriter> {
    const listeners = new Set<() => void>();
    let failing = false;
    let generation = 0;
    if (!this.#files.has(path)) this.#files.set(path, { bytes: Buffer.alloc(0), modifiedAt: LATE });
    const framing = framingOf(rotation.framing);
    const cutOff = framing.separator && this.text(path) !== '' && !this.text(path).endsWith('\n');
    if (cutOff) this.#append(path, Buffer.from('\n'));
    const write = (records: Uint8Array): void => {
      for (let left: readonly Uint8Array[] = [records]; left.length > 0;) {
        const size = this.#file(path).bytes.byteLength;
        const { maxSize = Number.MAX_SAFE_INTEGER } = rotation;
        if (size >= maxSize) {
          this.#rotate(path, rotation.maxFiles);
          generation += 1;
        } else {
          const { fits, rest } = cutAt(left, maxSize - size, framing);
          this.#append(path, Buffer.concat(fits));
          left = rest;
        }
      }
    };
    return {
      isRotating: false,
      get generation() {
        return generation;
      },
      write: (records) => {
        if (!this.full) write(records);
        else if (!failing) onFailure(new Error('ENOSPC'));
        failing = this.full;
        for (const listener of listeners) listener();
        return undefined;
      },
      flush: async () => undefined,
      onChange: (listener) => {
        listeners.add(listener);
        return { [Symbol.dispose]: () => void listeners.delete(listener) };
      },
      [Symbol.asyncDispose]: async () => listeners.clear(),
    };
  }

  async openReader(path: string, age: number): Promise<LogFileReader | undefined> {
    const file = this.#files.get(age === 0 ? path : `${path}.${age}`);
    return file && reader(file);
  }

  /** What is in the file at `path`; empty when there is none. */
  text(path: string): string {
    return this.#files.get(path)?.bytes.toString() ?? '';
  }

  /** Puts a file there, as an earlier daemon left it. */
  put(path: string, text: string, modifiedAt = LATE): void {
    this.#files.set(path, { bytes: Buffer.from(text), modifiedAt });
  }

  #file(path: string): FakeFile {
    const file = this.#files.get(path) ?? { bytes: Buffer.alloc(0), modifiedAt: LATE };
    this.#files.set(path, file);
    return file;
  }

  #append(path: string, bytes: Buffer): void {
    const file = this.#file(path);
    file.bytes = Buffer.concat([file.bytes, bytes]);
  }

  #rotate(path: string, maxFiles: number): void {
    for (let age = maxFiles - 1; age > 0; age -= 1) {
      const younger = this.#files.get(age === 1 ? path : `${path}.${age - 1}`);
      if (younger) this.#files.set(`${path}.${age}`, younger);
    }
    this.#files.set(path, { bytes: Buffer.alloc(0), modifiedAt: LATE });
  }
}
