// SPDX-License-Identifier: Apache-2.0
import type { Protocol } from '../../spec/port.ts';
import { PortIntervals } from './port-intervals.ts';

/** A family's word for all of its addresses. */
const anyOf = (address: string): string => (address.includes(':') ? '::' : '0.0.0.0');

/** Which ports of the host this engine has given out, and which ephemeral one comes next. */
export class PortTable {
  /** By protocol, by address. */
  readonly #taken = new Map<Protocol, Map<string, PortIntervals>>();
  readonly #last = new Map<Protocol, number>();

  /** The first of `count` ports that a container has, at this address or one that covers it; `undefined` when all are free. */
  firstTaken(
    protocol: Protocol,
    address: string,
    first: number,
    count = 1,
  ): { readonly address: string; readonly port: number } | undefined {
    const any = anyOf(address);
    const clashes = [...(this.#taken.get(protocol) ?? [])].flatMap(([taken, ports]) => {
      const isInTheWay = taken === any || taken === address || (address === any && anyOf(taken) === any);
      const port = isInTheWay ? ports.within(first, first + count - 1)[0]?.[0] : undefined;
      return port === undefined ? [] : [{ address: taken, port }];
    });
    return clashes.toSorted((one, other) => one.port - other.port)[0];
  }

  take(protocol: Protocol, address: string, first: number, count = 1): void {
    const addresses = this.#taken.get(protocol) ?? new Map<string, PortIntervals>();
    const ports = addresses.get(address) ?? new PortIntervals();
    ports.add(first, first + count - 1);
    this.#taken.set(protocol, addresses.set(address, ports));
  }

  release(protocol: Protocol, address: string, first: number, count = 1): void {
    const addresses = this.#taken.get(protocol);
    const ports = addresses?.get(address);
    ports?.remove(first, first + count - 1);
    if (ports?.isEmpty === true) addresses?.delete(address);
  }

  /** Every port from `first` to `last` once, beginning after the one that was noted last. */
  *ephemeral(protocol: Protocol, first: number, last: number): Generator<number> {
    const before = this.#last.get(protocol) ?? last;
    const start = before >= first && before < last ? before + 1 : first;
    for (let port = start; port <= last; port += 1) yield port;
    for (let port = first; port < start; port += 1) yield port;
  }

  /** The next ephemeral port of `protocol` comes after this one. */
  noteEphemeral(protocol: Protocol, port: number): void {
    this.#last.set(protocol, port);
  }
}
