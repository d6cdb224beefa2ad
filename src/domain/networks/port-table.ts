// SPDX-License-Identifier: Apache-2.0
import type { Protocol } from '../../spec/port.ts';

/** A family's word for all of its addresses. */
const anyOf = (address: string): string => (address.includes(':') ? '::' : '0.0.0.0');

/** Which ports of the host this engine has given out, and which ephemeral one comes next. */
export class PortTable {
  readonly #taken = new Map<string, Set<string>>();
  readonly #last = new Map<Protocol, number>();

  /** True when a container has this port, at this address or one that covers it. */
  isTaken(protocol: Protocol, address: string, port: number): boolean {
    const addresses = this.#taken.get(`${protocol} ${port}`);
    if (!addresses) return false;
    const any = anyOf(address);
    if (addresses.has(any) || addresses.has(address)) return true;
    return address === any && [...addresses].some((one) => anyOf(one) === any);
  }

  take(protocol: Protocol, address: string, port: number): void {
    const key = `${protocol} ${port}`;
    this.#taken.set(key, (this.#taken.get(key) ?? new Set()).add(address));
  }

  release(protocol: Protocol, address: string, port: number): void {
    const key = `${protocol} ${port}`;
    const addresses = this.#taken.get(key);
    addresses?.delete(address);
    if (addresses?.size === 0) this.#taken.delete(key);
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
