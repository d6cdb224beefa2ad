// SPDX-License-Identifier: Apache-2.0
import type { Netlink } from '../../adapters/netlink/index.ts';
import type { NetworkNamespaces } from '../../adapters/netns/index.ts';
import type { NetworkStore } from '../../adapters/store/index.ts';
import { messageOf } from '../../base/errors.ts';
import type { NetworkId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { parseIp } from '../../spec/ip.ts';
import type { EventPublisher } from '../events/index.ts';
import type { ActiveNetwork, PlacedEndpoint } from './driver.ts';
import type { Firewall } from './firewall.ts';
import { withoutGateway } from './gateway-bridge/needs-gateway.ts';
import { publishedEndpoints } from './gateways.ts';
import { namedSandbox } from './named-sandbox.ts';
import type { Endpoint, NameResolution, Sandbox } from './networks.ts';
import type { LivePort } from './live-port.ts';
import type { RemoteEndpoints } from './remote/remote-endpoints.ts';
import { withdrawLinks } from './remote/withdraw-links.ts';
import { type SandboxRecord, portTargetOf } from './sandbox-record.ts';
import { removeInside, silenceLinks } from './silence-links.ts';

export interface SandboxDeps {
  readonly netlink: Netlink;
  readonly networks: ReadonlyMap<NetworkId, ActiveNetwork>;
  readonly namespaces: NetworkNamespaces;
  readonly firewall: Firewall;
  readonly store: NetworkStore;
  readonly events: EventPublisher;
  readonly log: Log;
  /** Absent: nobody resolves names. */
  readonly resolution?: NameResolution | undefined;
  /** What plugins gave. */
  readonly remote: Pick<RemoteEndpoints, 'leave'>;
}

/** Tells that a container has joined or left a network. */
export const publishMembership = (
  deps: Pick<SandboxDeps, 'events' | 'networks'>,
  action: 'connect' | 'disconnect',
  endpoint: Pick<Endpoint, 'network' | 'networkName' | 'container'>,
): void => {
  deps.events.publish({
    type: 'network',
    action,
    actor: endpoint.network,
    attributes: {
      container: endpoint.container,
      name: endpoint.networkName,
      type: deps.networks.get(endpoint.network)?.network.driver ?? '',
    },
  });
};

/** A sandbox that exists, until it is released. */
export class LiveSandbox implements Sandbox {
  #record: SandboxRecord;
  #shown: readonly PlacedEndpoint[];
  readonly #deps: SandboxDeps;
  #held: readonly LivePort[];
  #named = false;
  readonly #onRelease: () => void;
  /** What it lacks; absent when its namespace stands. */
  #build: ((pid: number) => void) | undefined;
  #released = false;
  #left: Promise<void> | undefined;

  /** `build` makes what a sandbox lacks that awaits its process. */
  constructor(
    deps: SandboxDeps,
    record: SandboxRecord,
    held: readonly LivePort[],
    onRelease: () => void,
    build?: (pid: number) => void,
  ) {
    this.#deps = deps;
    this.#record = record;
    this.#shown = withoutGateway(record.endpoints);
    this.#held = held;
    this.#onRelease = onRelease;
    this.#build = build;
  }

  get record(): SandboxRecord {
    return this.#record;
  }
  get id(): SandboxRecord['id'] {
    return this.record.id;
  }
  get namespacePath(): string | undefined {
    return this.record.namespacePath;
  }
  get key(): string {
    return this.record.key;
  }
  /** As clients see them; the record has the engine's own, too. */
  get endpoints(): readonly PlacedEndpoint[] {
    return this.#shown;
  }
  get ports(): SandboxRecord['ports'] {
    return this.record.ports;
  }
  get hidesPorts(): boolean {
    const { ipv4, ipv6 } = publishedEndpoints(this.#deps, this.record.endpoints);
    return !ipv4 && !ipv6;
  }
  get resolvConf(): string {
    return this.record.resolvConf;
  }
  get hostsLines(): readonly string[] {
    return this.record.hostsLines;
  }

  attach(pid: number): void {
    this.#build?.(pid);
    this.#build = undefined;
    this.resolveNames();
  }

  /** Once its namespace stands, whoever resolves names may enter it. Later calls tell of what has changed. */
  resolveNames(): void {
    if (this.#build) return;
    const { resolution, networks } = this.#deps;
    const named = resolution && namedSandbox(networks, this.#record);
    if (!named) return;
    if (this.#named) resolution.changed(named);
    else resolution.opened(named);
    this.#named = true;
  }

  /** Another record of the same sandbox, on disk and known to all who ask. */
  change(record: SandboxRecord): void {
    this.#record = record;
    this.#shown = withoutGateway(record.endpoints);
    this.#deps.store.sandboxes.put(record.id, record);
    this.resolveNames();
  }

  /** What holds its ports: the sandbox lets go of it at its end. */
  get held(): readonly LivePort[] {
    return this.#held;
  }
  get isReleased(): boolean {
    return this.#released;
  }

  /** Others in the place of those held so far, which are the caller's. */
  hold(ports: readonly LivePort[]): void {
    this.#held = ports;
  }

  /** Its endpoints show another name from now on. */
  rename(containerName: string): void {
    const endpoints = this.#record.endpoints.map((endpoint) =>
      endpoint.isGateway === true ? endpoint : { ...endpoint, containerName },
    );
    this.change({ ...this.#record, endpoints });
  }

  /** Lets go of everything, whatever part of it fails: ports and addresses are free when it returns. */
  release(): void {
    this.#release(() => this.letGoOfPorts());
  }

  #release(letGoOfPorts: () => void | Promise<unknown>): void {
    if (this.#released) return;
    this.#released = true;
    const { record } = this;
    this.#attempt('ports', () => this.#deps.firewall.withdraw(record.ports, portTargetOf(record)));
    const ports = letGoOfPorts();
    if (this.#named) this.#attempt('names', () => this.#deps.resolution?.closed(record.id));
    this.#attempt('flows', () => this.#forgetFlows());
    const path = record.namespacePath;
    if (path !== undefined)
      this.#attempt('links inside', () => silenceLinks(this.#deps, path, record.endpoints));
    for (const endpoint of record.endpoints)
      this.#attempt('endpoint', () => this.#deps.networks.get(endpoint.network)?.detach(endpoint));
    if (path !== undefined) {
      this.#attempt('links', () => withdrawLinks(this.#deps, path, record.endpoints));
      this.#attempt('namespace', () => this.#deps.namespaces.remove(path));
    }
    const left = this.#deps.remote.leave(record.endpoints);
    this.#left = ports ? Promise.all([left, ports]).then(() => undefined) : left;
    this.#attempt('record', () => this.#deps.store.sandboxes.delete(record.id));
    this.#onRelease();
    for (const endpoint of this.endpoints) publishMembership(this.#deps, 'disconnect', endpoint);
  }

  /** The sockets alone: packets that are translated still reach the container. */
  letGoOfPorts(): void {
    for (const port of this.#held) port[Symbol.dispose]();
  }

  /** After `release`: plugins have taken back what they gave, or it is on record that they are to. */
  get left(): Promise<void> {
    return this.#left ?? Promise.resolve();
  }

  /** As `release`, but thousands of ports are free only when it resolves. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#release(() => Promise.all(this.#held.map(async (port) => port[Symbol.asyncDispose]())));
    return this.left;
  }

  async vacate(): Promise<void> {
    if (this.#released) return;
    const { endpoints, namespacePath: path } = this.#record;
    try {
      if (path !== undefined)
        for (const endpoint of endpoints) await removeInside(this.#deps, path, endpoint);
    } finally {
      await this[Symbol.asyncDispose]();
    }
    for (const endpoint of endpoints) await this.#deps.networks.get(endpoint.network)?.unplug(endpoint);
  }

  /** Clients that go on sending would reach whoever has the address next: nobody closes an udp flow. */
  #forgetFlows(): void {
    const { ports, publishedTo, publishedTo6 = '' } = this.record;
    if (!ports.some(({ port }) => port.protocol === 'udp')) return;
    for (const address of [publishedTo, publishedTo6].map((text) => parseIp(text)))
      if (address) this.#deps.netlink.forgetFlows(address);
  }

  #attempt(part: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#deps.log.warn('a part of a sandbox could not be released', {
        part,
        container: this.record.container,
        error: messageOf(error),
      });
    }
  }
}
