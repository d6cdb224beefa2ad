// SPDX-License-Identifier: Apache-2.0
import { setImmediate as turn } from 'node:timers/promises';
import type { FileBudget } from './file-budget.ts';
import type { ForwardTarget, HeldPorts } from './host-ports.ts';
import type { PortSocket } from './port-socket.ts';

/** To close one takes the kernel some 5 µs: main thread held for about 1 ms. */
const PORTS_A_TURN = 256;

/** The target of the port that is `offset` behind the first. */
export const targetAt = (target: ForwardTarget | undefined, offset: number): ForwardTarget | undefined =>
  target && { address: target.address, port: target.port + offset };

/** Sockets of ports that follow each other: `first` is the number of the first port. */
export class HeldSockets implements HeldPorts {
  readonly #budget: FileBudget;
  readonly #first: number;
  #sockets: readonly PortSocket[];
  #target: ForwardTarget | undefined;

  /** `target`: where the sockets pass things on already. */
  constructor(
    budget: FileBudget,
    first: number,
    sockets: readonly PortSocket[],
    target: ForwardTarget | undefined,
  ) {
    this.#budget = budget;
    this.#target = target;
    this.#first = first;
    this.#sockets = sockets;
  }

  forwardTo(target: ForwardTarget | undefined): void {
    this.#target = target;
    for (const socket of this.#sockets) socket.forwardTo(targetAt(target, socket.port - this.#first));
  }

  part(port: number, count: number): HeldPorts {
    const isPart = (socket: PortSocket): boolean => socket.port >= port && socket.port < port + count;
    const target = targetAt(this.#target, port - this.#first);
    const parted = new HeldSockets(this.#budget, port, this.#sockets.filter(isPart), target);
    this.#sockets = this.#sockets.filter((socket) => !isPart(socket));
    return parted;
  }

  [Symbol.dispose](): void {
    this.#close(this.#takeAll());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sockets = this.#takeAll();
    for (const socket of sockets) socket.stop();
    for (let at = 0; at < sockets.length; at += PORTS_A_TURN) {
      if (at > 0) await turn();
      this.#close(sockets.slice(at, at + PORTS_A_TURN));
    }
  }

  #takeAll(): readonly PortSocket[] {
    const sockets = this.#sockets;
    this.#sockets = [];
    return sockets;
  }

  #close(sockets: readonly PortSocket[]): void {
    for (const socket of sockets) socket[Symbol.dispose]();
    this.#budget.givePorts(sockets.length);
  }
}
