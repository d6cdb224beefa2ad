// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../base/time.ts';
import { formatIp, formatIpPrefix, parseIp, parseIpPrefix } from '../../spec/ip.ts';
import type { BridgeSettings, BridgeSubnet } from './bridge/bridge-settings.ts';
import type { IpamLease } from './ipam/pool-lease.ts';
import type { Network } from './networks.ts';
import type { StoredOnParent } from './on-parent/stored-on-parent.ts';
import type { StoredOverlay } from './overlay/stored-overlay.ts';
import type { PlannedSubnet } from './plan-subnets.ts';
import type { StoredRemote } from './remote/stored-remote.ts';

/** A user's network as it is kept: with what was chosen for its bridge, unless it only holds settings. */
export interface StoredNetwork {
  readonly network: Network;
  readonly bridge?: StoredBridge;
  /** Of macvlan and ipvlan. */
  readonly onParent?: StoredOnParent;
  readonly overlay?: StoredOverlay;
  /** Of a plugin's network. */
  readonly remote?: StoredRemote;
  /** What an IPAM plugin gave; absent where the engine gives the addresses. */
  readonly lease?: IpamLease;
}

export interface StoredBridge {
  readonly settings: BridgeSettings;
  /** The engine made the device, and takes it away with the network. */
  readonly ownsDevice: boolean;
  /** The client gave the subnet: containers may ask for addresses of it. */
  readonly givenIpv4: boolean;
  readonly givenIpv6: boolean;
}

interface SubnetDocument {
  readonly address: string;
  readonly range?: string;
  readonly gateway?: string;
  readonly reserved: readonly string[];
}

type PlainSettings = Omit<BridgeSettings, 'ipv4' | 'ipv6' | 'hostIpv4' | 'hostIpv6'>;

interface BridgeDocument {
  readonly settings: PlainSettings & {
    /** In records of older daemons: both families are. */ readonly isolated?: boolean;
  };
  readonly ipv4?: SubnetDocument;
  readonly ipv6?: SubnetDocument;
  readonly hostIpv4?: string;
  readonly hostIpv6?: string;
  readonly ownsDevice: boolean;
  readonly givenIpv4: boolean;
  readonly givenIpv6: boolean;
}

/** The record on disk. Schema 1 is that of the predefined networks. */
interface Document {
  readonly schema: 2;
  /** `created` in nanoseconds since 1970, in decimal digits. */
  readonly network: Omit<Network, 'created'> & { readonly created: string };
  readonly bridge?: BridgeDocument;
  readonly onParent?: StoredOnParent;
  readonly overlay?: StoredOverlay;
  readonly remote?: StoredRemote;
  readonly lease?: IpamLease;
}

const encodeSubnet = ({ address, range, gateway, reserved = [] }: BridgeSubnet): SubnetDocument => ({
  address: formatIpPrefix(address),
  ...(range ? { range: formatIpPrefix(range) } : {}),
  ...(gateway ? { gateway: formatIp(gateway) } : {}),
  reserved: reserved.map(formatIp),
});

const decodeSubnet = (document: SubnetDocument): PlannedSubnet | undefined => {
  const address = parseIpPrefix(document.address);
  const range = parseIpPrefix(document.range ?? '');
  const gateway = parseIp(document.gateway ?? '');
  if (!address) return undefined;
  return {
    address,
    ...(range ? { range } : {}),
    ...(gateway ? { gateway } : {}),
    reserved: document.reserved.flatMap((text) => parseIp(text) ?? []),
  };
};

const encodeBridge = ({ settings, ...rest }: StoredBridge): BridgeDocument => {
  const { ipv4, ipv6, hostIpv4, hostIpv6, ...plain } = settings;
  return {
    ...rest,
    settings: plain,
    ...(ipv4 ? { ipv4: encodeSubnet(ipv4) } : {}),
    ...(ipv6 ? { ipv6: encodeSubnet(ipv6) } : {}),
    ...(hostIpv4 ? { hostIpv4: formatIp(hostIpv4) } : {}),
    ...(hostIpv6 ? { hostIpv6: formatIp(hostIpv6) } : {}),
  };
};

const decodeBridge = (document: BridgeDocument): StoredBridge | undefined => {
  const ipv4 = document.ipv4 && decodeSubnet(document.ipv4);
  const ipv6 = document.ipv6 && decodeSubnet(document.ipv6);
  const hostIpv4 = parseIp(document.hostIpv4 ?? '');
  const hostIpv6 = parseIp(document.hostIpv6 ?? '');
  if (!ipv4 && !ipv6) return undefined;
  const { ownsDevice, givenIpv4, givenIpv6 } = document;
  const { isolated, ...settings } = document.settings;
  return {
    settings: {
      ...settings,
      ...(isolated === true ? { isolatedIpv4: true, isolatedIpv6: true } : {}),
      ...(ipv4 ? { ipv4 } : {}),
      ...(ipv6 ? { ipv6 } : {}),
      ...(hostIpv4 ? { hostIpv4 } : {}),
      ...(hostIpv6 ? { hostIpv6 } : {}),
    },
    ownsDevice,
    givenIpv4,
    givenIpv6,
  };
};

/** The document of a network. */
export const encodeNetwork = ({ network, bridge, ...plain }: StoredNetwork): object => {
  const document: Document = {
    schema: 2,
    network: { ...network, created: `${network.created}` },
    ...(bridge ? { bridge: encodeBridge(bridge) } : {}),
    ...plain,
  };
  return document;
};

const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && 'schema' in value && value.schema === 2;

/** `document` as a user's network; `undefined` for a predefined one and for what this daemon does not understand. */
export const decodeNetwork = (document: unknown): StoredNetwork | undefined => {
  if (!isDocument(document)) return undefined;
  const network = { ...document.network, created: BigInt(document.network.created) as Timestamp };
  const bridge = document.bridge && decodeBridge(document.bridge);
  const { onParent, overlay, remote, lease } = document;
  return {
    network,
    ...(bridge && { bridge }),
    ...(onParent && { onParent }),
    ...(overlay && { overlay }),
    ...(remote && { remote }),
    ...(lease && { lease }),
  };
};
