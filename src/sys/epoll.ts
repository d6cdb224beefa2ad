// SPDX-License-Identifier: Apache-2.0
import { closeSync } from 'node:fs';
import { checked } from './errno.ts';
import { FileWatch } from './file-watch.ts';
import { declare } from './libc.ts';

/** Of `<sys/epoll.h>`. */
const EPOLL_CLOEXEC = 0o2000000;
const CTL_ADD = 1;
const CTL_DELETE = 2;
const EPOLLIN = 1;

/** `struct epoll_event`: 32 bits of events and 64 of data, packed on x86 alone. */
const DATA_OFFSET = process.arch === 'x64' ? 4 : 8;
const EVENT_SIZE = DATA_OFFSET + 8;
const MOST_EVENTS = 256;

const createCall = declare<(flags: number) => number>('int epoll_create1(int flags)');
const controlCall = declare<(epoll: number, operation: number, fd: number, event: Uint8Array) => number>(
  'int epoll_ctl(int epoll, int operation, int fd, const void *event)',
);
const waitCall = declare<(epoll: number, events: Uint8Array, most: number, timeout: number) => number>(
  'int epoll_wait(int epoll, void *events, int most, int timeout)',
);

/**
 * Open files of which the kernel says which have something to read, for as long as it is not read. The loop of Node's
 * waits for all of them as for one; it keeps neither the process alive nor a thread. Main thread only.
 */
export class EpollSet implements Disposable {
  readonly #fd = checked(createCall(EPOLL_CLOEXEC), 'epoll_create1');
  readonly #event = Buffer.alloc(EVENT_SIZE);
  readonly #events = Buffer.alloc(MOST_EVENTS * EVENT_SIZE);
  readonly #listener: (ready: readonly number[]) => void;
  readonly #watch = new FileWatch(this.#fd, () => this.#tell());

  /** `listener` hears of some that can be read now, once a turn of the loop. */
  constructor(listener: (ready: readonly number[]) => void) {
    this.#event.writeUInt32LE(EPOLLIN, 0);
    this.#listener = listener;
  }

  add(fd: number): void {
    this.#event.writeInt32LE(fd, DATA_OFFSET);
    checked(controlCall(this.#fd, CTL_ADD, fd, this.#event), 'epoll_ctl');
  }

  delete(fd: number): void {
    checked(controlCall(this.#fd, CTL_DELETE, fd, this.#events), 'epoll_ctl');
  }

  /** Nothing is told until `resume`. */
  pause(): void {
    this.#watch.pause();
  }

  resume(): void {
    this.#watch.resume();
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
    closeSync(this.#fd);
  }

  #tell(): void {
    const count = checked(waitCall(this.#fd, this.#events, MOST_EVENTS, 0), 'epoll_wait');
    this.#listener(
      Array.from({ length: count }, (_, index) => this.#events.readInt32LE(index * EVENT_SIZE + DATA_OFFSET)),
    );
  }
}
