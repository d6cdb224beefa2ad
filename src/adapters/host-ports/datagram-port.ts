// SPDX-License-Identifier: Apache-2.0
import type { Socket } from 'node:dgram';
import { closeSocket } from '../../sys/socket.ts';
import { duplicateFile } from '../../sys/duplicate-file.ts';
import { DatagramSessions, datagramSocket } from './datagram-sessions.ts';
import type { ForwardTarget } from './host-ports.ts';
import type { PortSocket, PortSocketDeps } from './port-socket.ts';

interface Awake {
  readonly front: Socket;
  readonly sessions: DatagramSessions;
}

/** A bound datagram socket: a socket of Node's reads it for as long as there are clients. */
export class DatagramPort implements PortSocket {
  readonly port: number;
  readonly #deps: PortSocketDeps;
  readonly #fd: number;
  readonly #type: 'udp4' | 'udp6';
  #target: ForwardTarget | undefined;
  #awake: Awake | undefined;

  constructor(deps: PortSocketDeps, port: number, fd: number, type: 'udp4' | 'udp6') {
    this.#deps = deps;
    this.port = port;
    this.#fd = fd;
    this.#type = type;
  }

  forwardTo(target: ForwardTarget | undefined): void {
    this.#sleep();
    this.#target = target;
    if (target) this.#deps.watch.add(this.#fd, this);
    else this.#deps.watch.delete(this.#fd);
  }

  arrived(): boolean {
    const target = this.#target;
    // What has been stopped would be told of again and again until it is closed.
    if (!target) this.#deps.watch.delete(this.#fd);
    // One for the socket that reads.
    if (!target || !this.#deps.budget.takeTraffic(1)) return target === undefined;
    this.#deps.watch.delete(this.#fd);
    const front = datagramSocket(this.#type);
    const sessions = new DatagramSessions(front, target, this.#deps.budget, () => this.#rest());
    this.#awake = { front, sessions };
    front.on('message', (datagram, client) => {
      sessions.pass(datagram, client);
      if (sessions.size === 0) this.#rest();
    });
    front.on('error', () => undefined);
    front.bind({ fd: duplicateFile(this.#fd) });
    front.unref();
    return true;
  }

  stop(): void {
    this.#target = undefined;
    this.#sleep();
  }

  [Symbol.dispose](): void {
    this.stop();
    this.#deps.watch.forget(this.#fd);
    closeSocket(this.#fd);
  }

  /** Without clients it costs nothing but its place in the watch. */
  #rest(): void {
    if (!this.#awake) return;
    this.#sleep();
    if (this.#target) this.#deps.watch.add(this.#fd, this);
  }

  #sleep(): void {
    const awake = this.#awake;
    if (!awake) return;
    this.#awake = undefined;
    awake.sessions.end();
    awake.front.close();
    this.#deps.budget.giveTraffic(1);
  }
}
