// SPDX-License-Identifier: Apache-2.0
import type { Socket } from 'node:net';
import { acceptSocket, closeSocket } from '../../sys/socket.ts';
import { errnoOf } from '../../sys/errno.ts';
import type { ForwardTarget } from './host-ports.ts';
import { joinConnections } from './join-connections.ts';
import type { PortSocket, PortSocketDeps } from './port-socket.ts';

/** So many connections one port takes before the others have their turn. */
const BATCH = 64;
/** The client's side and the container's. */
const FILES = 2;
/** When the machine has no memory or files for a connection it is tried again after so long (ms). */
const PATIENCE = 100;

/** A listening socket. */
export class ConnectionPort implements PortSocket {
  readonly port: number;
  readonly #deps: PortSocketDeps;
  readonly #fd: number;
  #target: ForwardTarget | undefined;
  /** Absent while there are none: most of thousands of ports never have one. */
  #open: Set<Socket> | undefined;

  constructor(deps: PortSocketDeps, port: number, fd: number) {
    this.#deps = deps;
    this.port = port;
    this.#fd = fd;
  }

  forwardTo(target: ForwardTarget | undefined): void {
    const before = this.#target;
    this.#target = target;
    if (target && !before) this.#deps.watch.add(this.#fd, this);
    if (!target) this.#deps.watch.delete(this.#fd);
  }

  arrived(): boolean {
    // What has been stopped would be told of again and again until it is closed.
    if (!this.#target) this.#deps.watch.delete(this.#fd);
    for (let taken = 0; taken < BATCH; taken += 1) {
      if (!this.#deps.budget.takeTraffic(FILES)) return false;
      const outcome = this.#accept();
      if (outcome === 'taken') continue;
      this.#deps.budget.giveTraffic(FILES);
      if (outcome === 'none') return true;
    }
    return true;
  }

  stop(): void {
    this.#target = undefined;
    for (const client of this.#open ?? []) client.destroy();
  }

  [Symbol.dispose](): void {
    this.#deps.watch.forget(this.#fd);
    closeSocket(this.#fd);
    this.stop();
  }

  #accept(): 'taken' | 'none' | 'gone' {
    try {
      const fd = this.#target && acceptSocket(this.#fd);
      if (fd === undefined || this.#target === undefined) return 'none';
      this.#join(fd, this.#target);
      return 'taken';
    } catch (error) {
      // The client did not wait for it.
      if (errnoOf(error) === 'ECONNABORTED') return 'gone';
      this.#rest();
      return 'none';
    }
  }

  #join(fd: number, target: ForwardTarget): void {
    const open = (this.#open ??= new Set());
    const client = joinConnections(fd, target, () => {
      open.delete(client);
      if (open.size === 0) this.#open = undefined;
      this.#deps.budget.giveTraffic(FILES);
    });
    open.add(client);
  }

  /** Without it the watch would be told of the same connection again and again. */
  #rest(): void {
    this.#deps.watch.delete(this.#fd);
    setTimeout(() => {
      if (this.#target) this.#deps.watch.add(this.#fd, this);
    }, PATIENCE).unref();
  }
}
