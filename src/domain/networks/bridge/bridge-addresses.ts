// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { type Ip, formatIp, parseIp } from '../../../spec/ip.ts';
import { AddressPool } from '../address-pool.ts';
import type { BridgeSubnet } from './bridge-settings.ts';

/** The address of one family that an endpoint has: empty texts and 0 without that family. */
export interface FamilyPlace {
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway: string;
}

const NOTHING: FamilyPlace = { address: '', prefixLength: 0, gateway: '' };

/** Which address an endpoint gets. */
export interface AddressWish {
  /** This one and no other; empty: any. */
  readonly asked: string;
  /** The one it had last, if that is free; empty: none. */
  readonly former: string;
}

/** Addresses of one family of a bridge; of a family that it has not, nobody gets any. */
export class BridgeAddresses {
  readonly #pool: AddressPool | undefined;
  readonly #family: 4 | 6;
  readonly #length: number;
  readonly #gateway: string;

  /** Without `hasGateway` packets leave by no address of this family. */
  constructor(subnet: BridgeSubnet | undefined, hasGateway: boolean) {
    const { address, range, gateway, reserved = [] } = subnet ?? {};
    this.#family = address?.family ?? 4;
    this.#length = address?.length ?? 0;
    const out = gateway ?? address;
    this.#gateway = hasGateway && out ? formatIp(out) : '';
    this.#pool =
      address &&
      new AddressPool({
        subnet: address,
        reserved: [address, ...(gateway ? [gateway] : []), ...reserved],
        ...(range ? { range } : {}),
      });
  }

  get isServed(): boolean {
    return this.#pool !== undefined;
  }

  /** @throws forbidden when the one that is asked for is taken; internal when there is none: `owner` names the network then */
  take({ asked, former }: AddressWish, owner: string): FamilyPlace {
    const pool = this.#pool;
    if (!pool) return NOTHING;
    const address = this.#taken(pool, asked, former);
    if (!address) {
      const text = `no available IPv${this.#family} addresses on this network's address pools: ${owner}`;
      throw new EngineError('internal', text);
    }
    return { address: formatIp(address), prefixLength: this.#length, gateway: this.#gateway };
  }

  /** Takes again what `take` gave in an earlier life of the daemon. */
  claim(text: string): void {
    const address = parseIp(text);
    if (address) this.#pool?.claim(address);
  }

  release(text: string): void {
    const address = parseIp(text);
    if (address) this.#pool?.release(address);
  }

  #taken(pool: AddressPool, asked: string, former: string): Ip | undefined {
    const wanted = parseIp(asked);
    if (wanted) {
      if (pool.claim(wanted)) return wanted;
      throw new EngineError('forbidden', 'Address already in use');
    }
    const before = parseIp(former);
    return before && pool.takeAgain(before) ? before : pool.take();
  }
}
