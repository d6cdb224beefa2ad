// SPDX-License-Identifier: Apache-2.0
import type { NetworkStore } from '../../adapters/store/index.ts';
import { type NetworkId, parseId, randomId } from '../../base/ids.ts';
import { type Timestamp, now } from '../../base/time.ts';
import { type BridgeSettings, poolsOf } from './bridge/bridge-settings.ts';
import type { Network } from './networks.ts';
import type { NetworksConfig } from './networks-config.ts';

type Name = 'bridge' | 'host' | 'none';

/** What of a predefined network stays the same from one start of the daemon to the next. */
interface Identity {
  readonly id: NetworkId;
  readonly created: Timestamp;
}

/** Its record on disk. */
interface Document {
  readonly schema: 1;
  readonly name: string;
  /** Nanoseconds since 1970, in decimal digits. */
  readonly created: string;
}

const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && 'schema' in value && value.schema === 1;

const identityOf = (store: NetworkStore, name: Name): Identity => {
  for (const { id, document } of store.networks.load()) {
    const known = parseId<NetworkId>(id);
    if (known && isDocument(document) && document.name === name)
      return { id: known, created: BigInt(document.created) as Timestamp };
  }
  const fresh: Identity = { id: randomId(), created: now() };
  const document: Document = { schema: 1, name, created: `${fresh.created}` };
  store.networks.put(fresh.id, document);
  return fresh;
};

const common = {
  scope: 'local',
  ipv4: true,
  ipv6: false,
  internal: false,
  attachable: false,
  ipam: { driver: 'default' },
  options: {},
  labels: {},
  predefined: true,
  configOnly: false,
  configFrom: '',
} as const;

/** `host` and `none`, under the ids that they have had so far. */
export const plainNetworks = (store: NetworkStore): readonly Network[] => [
  { ...common, ...identityOf(store, 'host'), name: 'host', driver: 'host' },
  { ...common, ...identityOf(store, 'none'), name: 'none', driver: 'null' },
];

/** What stays the same on this host, from one data root on: the id of its network `host`. */
export const hostSeed = (store: NetworkStore): NetworkId => identityOf(store, 'host').id;

const BRIDGE = 'com.docker.network.bridge';

/** The default bridge, under the id that it has had so far. Its options are those that Docker shows. */
export const bridgeNetwork = (
  store: NetworkStore,
  config: Pick<NetworksConfig, 'defaultHostAddress'>,
  settings: BridgeSettings,
): Network => ({
  ...common,
  ...identityOf(store, 'bridge'),
  name: 'bridge',
  driver: 'bridge',
  ipv6: settings.ipv6 !== undefined,
  ipam: { driver: 'default', pools: poolsOf(settings) },
  options: {
    [`${BRIDGE}.default_bridge`]: 'true',
    [`${BRIDGE}.enable_icc`]: `${settings.icc}`,
    [`${BRIDGE}.enable_ip_masquerade`]: `${settings.masquerade}`,
    [`${BRIDGE}.host_binding_ipv4`]: config.defaultHostAddress || '0.0.0.0',
    [`${BRIDGE}.name`]: settings.device,
    'com.docker.network.driver.mtu': `${settings.mtu}`,
  },
});
