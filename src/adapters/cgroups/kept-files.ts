// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { errnoOf } from '../../sys/errno.ts';

/** Bytes; the kernel's lists of one group are shorter, but for those of many disks. */
const BUFFER_SIZE = 16 * 1024;

/**
 * Files of the kernel's that are read again and again, kept open: reading one from its beginning costs a quarter of opening,
 * reading and closing it, as no path is walked. Nothing is written through them and a group with open files can go.
 */
export class KeptFiles implements Disposable {
  readonly #open = new Map<string, number>();
  /** What this kernel does not have: asking again would cost an error each time. */
  readonly #missing = new Set<string>();
  readonly #buffer: Buffer;

  constructor(buffer: Buffer = Buffer.allocUnsafeSlow(BUFFER_SIZE)) {
    this.#buffer = buffer;
  }

  /** The whole text; `undefined` when there is no such file. */
  read(path: string): string | undefined {
    if (this.#missing.has(path)) return undefined;
    const kept = this.#open.get(path);
    if (kept !== undefined) {
      const text = this.#readFrom(kept, path);
      if (text !== undefined) return text;
      // The group of that time is gone; there may be a new one of its name.
      this[Symbol.dispose]();
    }
    return this.#readNew(path);
  }

  [Symbol.dispose](): void {
    for (const fd of this.#open.values()) closeSync(fd);
    this.#open.clear();
    this.#missing.clear();
  }

  #readNew(path: string): string | undefined {
    try {
      const fd = openSync(path, 'r');
      this.#open.set(path, fd);
      return this.#readFrom(fd, path);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') this.#missing.add(path);
      return undefined;
    }
  }

  #readFrom(fd: number, path: string): string | undefined {
    try {
      const count = readSync(fd, this.#buffer, 0, this.#buffer.length, 0);
      if (count === this.#buffer.length) return readFileSync(path, 'latin1');
      return this.#buffer.toString('latin1', 0, count);
    } catch {
      return undefined;
    }
  }
}
