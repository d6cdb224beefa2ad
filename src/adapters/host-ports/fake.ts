// SPDX-License-Identifier: Apache-2.0
import { sysFailure } from '../../sys/errno.ts';
import type { ForwardTarget, HeldPorts, HoldOutcome, HostPortRange, HostPorts } from './host-ports.ts';

const EADDRINUSE = 98;

const numbers = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, offset) => first + offset);

/** Ports in memory. */
export interface FakeHostPorts extends HostPorts {
  /** Ports that are held (`tcp 0.0.0.0 80`), with where they are forwarded to. */
  readonly held: ReadonlyMap<string, ForwardTarget | undefined>;
}

type Held = Map<string, ForwardTarget | undefined>;

class FakeHeldPorts implements HeldPorts {
  readonly #all: Held;
  readonly #range: HostPortRange;
  #ports: readonly number[];

  constructor(all: Held, range: HostPortRange, ports: readonly number[]) {
    this.#all = all;
    this.#range = range;
    this.#ports = ports;
  }

  forwardTo(target: ForwardTarget | undefined): void {
    this.#each((key, port) =>
      this.#all.set(key, target && { ...target, port: target.port + port - this.#range.port }),
    );
  }

  part(port: number, count: number): HeldPorts {
    const isPart = (each: number): boolean => each >= port && each < port + count;
    const parted = new FakeHeldPorts(this.#all, { ...this.#range, port }, this.#ports.filter(isPart));
    this.#ports = this.#ports.filter((each) => !isPart(each));
    return parted;
  }

  [Symbol.dispose](): void {
    this.#each((key) => this.#all.delete(key));
    this.#ports = [];
  }

  /** One port a turn. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ports = this.#ports;
    this.forwardTo(undefined);
    this.#ports = [];
    for (const port of ports) {
      await Promise.resolve();
      new FakeHeldPorts(this.#all, this.#range, [port])[Symbol.dispose]();
    }
  }

  #each(work: (key: string, port: number) => void): void {
    const { protocol, addresses } = this.#range;
    for (const port of this.#ports)
      for (const address of addresses) work(`${protocol} ${address} ${port}`, port);
  }
}

const LOOPBACK = { '0.0.0.0': '127.0.0.1', '::': '::1' } as const;

/** Addresses at which a port keeps one at `address` from being held: of the host's single ones only the loopback is known here. */
const inTheWay = (address: string): readonly string[] => {
  const any = address.includes(':') ? '::' : '0.0.0.0';
  return address === any ? [any, LOOPBACK[any]] : [address, any];
};

/** `taken` are ports of other processes (`tcp 0.0.0.0 80`). */
export const createFakeHostPorts = (taken: ReadonlySet<string> = new Set(), ipv6 = true): FakeHostPorts => {
  const held: Held = new Map();
  const hold = (range: HostPortRange): HoldOutcome => {
    const { protocol, addresses, port: first, count } = range;
    const ports = numbers(first, count);
    for (const port of ports)
      for (const address of addresses) {
        const keys = inTheWay(address).map((each) => `${protocol} ${each} ${port}`);
        if (keys.some((key) => held.has(key) || taken.has(key)))
          return { fault: { address, port, error: sysFailure(EADDRINUSE, 'bind') } };
      }
    const holder = new FakeHeldPorts(held, range, ports);
    holder.forwardTo(range.target);
    return { held: holder };
  };
  return { held, ipv6, hold, holdInTurns: async (range) => Promise.resolve(hold(range)) };
};
