// SPDX-License-Identifier: Apache-2.0
import type { ContainerId, NetworkId } from '../../base/ids.ts';
import type { Port } from '../../spec/port.ts';
import { BridgeNetwork } from './bridge/bridge-network.ts';
import type { ActiveNetwork } from './driver.ts';
import type { Firewall } from './firewall.ts';
import type { Opening } from './firewall/guarded-bridge.ts';
import type { Endpoint, PortOpening } from './networks.ts';

export interface LinkedPortsDeps {
  readonly networks: ReadonlyMap<NetworkId, ActiveNetwork>;
  readonly firewall: Firewall;
  /** Endpoints of a container that runs; none for another. */
  readonly endpointsOf: (container: ContainerId) => readonly Endpoint[];
  /** Sets a kernel setting, if this kernel has it. */
  readonly setting: (name: string, value: string) => void;
}

interface Open {
  readonly from: ContainerId;
  readonly to: ContainerId;
  readonly openings: readonly Opening[];
}

const keyOf = (from: ContainerId, to: ContainerId): string => `${from} ${to}`;
const textOf = ({ from, to, port }: Opening): string => `${from} ${to} ${port.protocol} ${port.number}`;

/** Ways between containers of a bridge whose containers do not reach each other otherwise. */
export class LinkedPorts {
  readonly #deps: LinkedPortsDeps;
  readonly #open = new Map<string, Open>();

  constructor(deps: LinkedPortsDeps) {
    this.#deps = deps;
  }

  /** From now on these ways are open from one container to the other, and no others that were opened before. */
  open({ from, to, ports }: PortOpening): void {
    const openings = this.#openings(from, to, ports);
    const before = this.#open.get(keyOf(from, to))?.openings ?? [];
    const texts = new Set(openings.map(textOf));
    if (openings.length > 0) this.#open.set(keyOf(from, to), { from, to, openings });
    else this.#open.delete(keyOf(from, to));
    this.#deps.firewall.shut(before.filter((opening) => !texts.has(textOf(opening))));
    this.#deps.firewall.letThrough(openings);
  }

  /** The container has no addresses any more: whoever gets them next is not to inherit its ways. */
  closeAll(container: ContainerId): void {
    for (const [key, { from, to, openings }] of this.#open) {
      if (from !== container && to !== container) continue;
      this.#open.delete(key);
      this.#deps.firewall.shut(openings);
    }
  }

  #openings(from: ContainerId, to: ContainerId, ports: readonly Port[]): readonly Opening[] {
    const targets = this.#deps.endpointsOf(to);
    return this.#deps.endpointsOf(from).flatMap((source) => {
      const target = targets.find(({ network }) => network === source.network);
      const active = this.#deps.networks.get(source.network);
      if (!target || !(active instanceof BridgeNetwork) || active.settings.icc) return [];
      if (ports.length > 0) this.#routeNeighbours(active.settings.device);
      return ports.map((port) => ({ from: source.ipv4Address, to: target.ipv4Address, port }));
    });
  }

  /**
   * Isolated ports of a bridge never hear each other. The host answers for a neighbour's address at once, and so their
   * packets come to it and pass the packet filter, which knows what is open (`proxy_arp_pvlan`, kernel's ip-sysctl).
   */
  #routeNeighbours(device: string): void {
    if (!this.#deps.firewall.enabled) return;
    this.#deps.setting(`ipv4/neigh/${device}/proxy_delay`, '0');
    this.#deps.setting(`ipv4/conf/${device}/proxy_arp_pvlan`, '1');
  }
}
