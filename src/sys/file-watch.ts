// SPDX-License-Identifier: Apache-2.0
import koffi from 'koffi';

/**
 * Tells when an open file of the kernel (a socket, an epoll set) has something to read, for as long as it is not read: the
 * loop of Node's waits for it, and nothing is read or allocated for it. It keeps neither the process alive nor a thread,
 * and does not own the file, which must be closed after it. Main thread only.
 */
export class FileWatch implements Disposable {
  readonly #poll: ReturnType<typeof koffi.node.poll>;
  readonly #told: () => void;

  constructor(fd: number, listener: () => void) {
    this.#told = () => {
      try {
        listener();
      } catch (error) {
        // Whatever leaves a callback of koffi's ends all its callbacks without a word; here it is like any other.
        setImmediate(() => {
          throw error;
        });
      }
    };
    this.#poll = koffi.node.poll(fd, { readable: true }, this.#told);
    this.#poll.unref();
  }

  /** Nothing is told until `resume`. */
  pause(): void {
    this.#poll.stop();
  }

  resume(): void {
    this.#poll.start({ readable: true }, this.#told);
    this.#poll.unref();
  }

  [Symbol.dispose](): void {
    this.#poll.stop();
    this.#poll.close();
  }
}
