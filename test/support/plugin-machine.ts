// SPDX-License-Identifier: Apache-2.0
import { createFakeHostPorts } from '../../src/adapters/host-ports/fake.ts';
import { type ContainerId, type NetworkId, randomId } from '../../src/base/ids.ts';
import type { NewEvent } from '../../src/domain/events/index.ts';
import {
  type NameResolution,
  type NamedSandbox,
  type NetworkCreateRequest,
  type NetworksRoom,
  type SandboxRequest,
  createNetworks,
} from '../../src/domain/networks/index.ts';
import type { Plugins } from '../../src/domain/plugins/index.ts';
import { formatIp } from '../../src/spec/ip.ts';
import { createNetworksDeps } from './networks-deps.ts';

type Body = Readonly<Record<string, unknown>>;

/** The container's end of the plugin's cable. */
export const PLUGIN_LINK = 'vcable';

/** A machine in memory with a plugin `p` that has one cable. */
export const createPluginMachine = () => {
  const deps = createNetworksDeps();
  const { namespaces, netlink, nftables, store } = deps;
  const heard: string[] = [];
  const events: NewEvent[] = [];
  const answers = new Map<string, () => Promise<Body>>();
  const makeCable = async (more: Body): Promise<Body> => {
    using host = netlink.connect();
    const peer = { name: PLUGIN_LINK, macAddress: '02:00:00:00:00:09' };
    host.createVeth({ name: 'vhost', mtu: 1500, peer });
    return Promise.resolve({ InterfaceName: { SrcName: PLUGIN_LINK, DstPrefix: 'net' }, ...more });
  };
  const removeCable = async (): Promise<Body> => {
    using host = netlink.connect();
    host.deleteLink('vhost');
    return Promise.resolve({});
  };
  answers.set('GetCapabilities', async () => Promise.resolve({ Scope: 'local' }));
  answers.set('Join', async () => makeCable({ Gateway: '172.18.0.1' }));
  const call = async (name: string): Promise<Body> => {
    const method = name.replace('NetworkDriver.', '');
    heard.push(method);
    return (await answers.get(method)?.()) ?? {};
  };
  const plugins: Plugins = {
    find: async (name) => Promise.resolve(name === 'p' ? { name, call } : undefined),
  };
  const named: string[] = [];
  const note = (verb: string, { endpoints }: NamedSandbox): void =>
    void named.push(`${verb} ${endpoints.map(({ networkName }) => networkName).join(' ')}`);
  const resolution: NameResolution = {
    opened: (sandbox) => namespaces.run(sandbox.namespacePath, () => note('opened', sandbox)),
    changed: (sandbox) => note('changed', sandbox),
    closed: () => void named.push('closed'),
  };
  const boot = async (): Promise<NetworksRoom> => {
    const room = createNetworks({
      ...deps,
      // Those of the daemon before went with its process.
      hostPorts: createFakeHostPorts(new Set()),
      events: { publish: (event) => void events.push(event) },
      plugins,
      resolution,
    });
    await room.start();
    return room;
  };
  const links = (): readonly string[] => {
    using host = netlink.connect();
    return host.links().flatMap(({ name, kind }) => (kind === 'veth' ? [name] : []));
  };
  /** The routers of what leaves a namespace, with the names of their interfaces. */
  const waysOut = (path: string): readonly string[] =>
    namespaces.run(path, () => {
      using inside = netlink.connect();
      const nameOf = (index: number | undefined): string =>
        inside.links().find((link) => link.index === index)?.name ?? '';
      return inside
        .routes()
        .flatMap(({ destination, gateway, index }) =>
          gateway && !destination ? [`${formatIp(gateway)} ${nameOf(index)}`] : [],
        );
    });
  return {
    boot,
    heard,
    events,
    answers,
    makeCable,
    removeCable,
    links,
    named,
    waysOut,
    nftables,
    store,
    namespaces,
  };
};

/** Makes a network: `one`, the plugin's, unless told otherwise. */
export const createNetworkIn = async (
  room: NetworksRoom,
  changes: Partial<NetworkCreateRequest> = {},
): Promise<NetworkId> => {
  const { id } = await room.create({
    name: 'one',
    driver: 'p',
    scope: '',
    internal: false,
    attachable: false,
    ingress: false,
    configOnly: false,
    configFrom: '',
    ipam: { driver: '', pools: [{ subnet: '172.18.0.0/16' }] },
    options: {},
    labels: {},
    ...changes,
  });
  return id;
};

/** A container `web` that starts. */
export const sandboxRequest = (
  networkMode: string,
  changes: Partial<SandboxRequest> = {},
): SandboxRequest => ({
  container: randomId<ContainerId>(),
  containerName: 'web',
  hostname: 'web',
  domainname: '',
  networkMode,
  endpoints: {},
  publish: [],
  ...changes,
});
