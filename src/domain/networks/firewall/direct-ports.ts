// SPDX-License-Identifier: Apache-2.0
import type { Element } from '../../../adapters/nftables/index.ts';
import { containsIp, parseIp, parseIpPrefix } from '../../../spec/ip.ts';
import { OPENED, type PortTarget, portElements } from '../port-elements.ts';
import type { PublishedPort } from '../published-port.ts';
import { type Family, type GuardedBridge, placeOf } from './guarded-bridge.ts';
import { type SecondPass, withKeys } from './second-pass.ts';

export interface DirectPortsOptions {
  readonly table: string;
  readonly families: readonly Family[];
  readonly allowDirect: boolean;
  readonly secondPass?: SecondPass | undefined;
}

const SUBNETS = { ip: 'ipv4', ip6: 'ipv6' } as const;
const ANY = { ip: '0.0.0.0', ip6: '::' } as const;

/**
 * Which elements stand for published ports: those that translate, and where packets may come to the container's own
 * address those that let them. Several places of the host may lead to one port of a container, which is open until the
 * last of them is gone.
 */
export class DirectPorts {
  readonly #options: DirectPortsOptions;
  readonly #bridges: () => Iterable<GuardedBridge>;
  /** How many published ports opened an element. */
  readonly #uses = new Map<string, number>();

  constructor(options: DirectPortsOptions, bridges: () => Iterable<GuardedBridge>) {
    this.#options = options;
    this.#bridges = bridges;
  }

  /** Elements that are to be there from now on. */
  opened(port: PublishedPort, target: PortTarget): readonly Element[] {
    const elements = this.#elementsOf(port, target);
    for (const { map, key } of elements)
      if (map === OPENED) this.#uses.set(key, (this.#uses.get(key) ?? 0) + 1);
    return elements;
  }

  /** Elements that nothing needs any more. */
  closed(port: PublishedPort, target: PortTarget): readonly Element[] {
    return this.#elementsOf(port, target).filter(({ map, key }) => map !== OPENED || this.#letGo(key));
  }

  #letGo(key: string): boolean {
    const left = (this.#uses.get(key) ?? 1) - 1;
    if (left > 0) this.#uses.set(key, left);
    else this.#uses.delete(key);
    return left <= 0;
  }

  #elementsOf(port: PublishedPort, target: PortTarget): readonly Element[] {
    const { table, families, secondPass } = this.#options;
    const tables = { ip: placeOf(table, 'ip').table, ip6: placeOf(table, 'ip6').table };
    const direct = families.filter((family) => this.#isDirect(target[SUBNETS[family]]));
    const atContainer = { ...port, bindings: direct.map((family) => ({ address: ANY[family], port: 0 })) };
    const elements = [
      ...portElements(tables, port, target),
      ...portElements(tables, atContainer, target),
    ].filter(({ family }) => families.includes(family ?? 'ip'));
    return secondPass ? withKeys(elements) : elements;
  }

  /** Whether packets for an address may come without translation, from some device at least. */
  #isDirect(address: string): boolean {
    const ip = address === '' ? undefined : parseIp(address);
    if (!ip) return false;
    if (this.#options.allowDirect) return true;
    for (const { trusted, ipv4, ipv6 } of this.#bridges()) {
      if (trusted.length === 0) continue;
      const subnet = parseIpPrefix((ip.family === 4 ? ipv4 : ipv6)?.subnet ?? '');
      if (subnet && containsIp(subnet, ip)) return true;
    }
    return false;
  }
}
