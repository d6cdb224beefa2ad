// SPDX-License-Identifier: Apache-2.0
import type { Link, NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import {
  type Ip,
  type IpPrefix,
  containsIp,
  formatIp,
  formatIpPrefix,
  networkOf,
  parseIp,
  parseIpPrefix,
} from '../../../spec/ip.ts';
import { DEFAULT_SOURCES, chooseSubnet } from '../choose-subnet.ts';
import { occupiedSubnets } from '../occupied-subnets.ts';
import { randomMacAddress } from '../mac-address.ts';
import type { NetworksConfig } from '../networks-config.ts';
import type { BridgeSettings } from './bridge-settings.ts';

const DEFAULT_DEVICE = 'docker0';
/** Names that rules and commands can carry as they are; the kernel takes 15 bytes. */
const DEVICE = /^[A-Za-z0-9_.-]{1,15}$/;
/** Of addresses that only this link knows (RFC 3927). */
const LINK_LOCAL: IpPrefix = { family: 4, value: 0xa9_fe_00_00n, length: 16 };

const refuse = (text: string): EngineError =>
  new EngineError('invalid-argument', `Error initializing network controller: ${text}`);
const refuseBridge = (text: string): EngineError =>
  refuse(`error creating default "bridge" network: ${text}`);

const parseCidr = (text: string, name: string): IpPrefix => {
  const prefix = parseIpPrefix(text);
  if (!prefix || prefix.family !== 4) throw refuse(`parse ${name} failed: invalid CIDR address: ${text}`);
  return prefix;
};

/** The device, made when it is Docker's own and missing. */
const ensureDevice = (host: NetlinkConnection, { bridge, mtu }: NetworksConfig): Link => {
  const name = bridge === '' ? DEFAULT_DEVICE : bridge;
  if (!DEVICE.test(name)) throw refuseBridge(`invalid bridge name ${JSON.stringify(name)}`);
  const found = host.link(name);
  if (found) return found;
  if (name !== DEFAULT_DEVICE)
    throw refuseBridge(`bridge device with non default name ${name} must be created manually`);
  host.createBridge({ name, mtu });
  const made = host.link(name);
  if (!made) throw refuseBridge(`${name} vanished`);
  // Otherwise it would take over the address of its ports, and change it as they come and go.
  host.changeLink(made.index, { macAddress: randomMacAddress() });
  return made;
};

const chooseAddress = (
  host: NetlinkConnection,
  device: Link,
  config: NetworksConfig,
  resolvers: readonly Ip[],
): IpPrefix => {
  if (config.bip !== '') return parseCidr(config.bip, 'bip');
  const own = host
    .addresses()
    .find(
      ({ index, address }) =>
        index === device.index && address.family === 4 && !containsIp(LINK_LOCAL, address),
    );
  if (own) return own.address;
  const pools = config.addressPools.filter(({ base }) => !base.includes(':'));
  const sources = pools.length > 0 ? pools : DEFAULT_SOURCES;
  const subnet = chooseSubnet(sources, occupiedSubnets(host, resolvers, device.index));
  return { ...subnet, value: subnet.value + 1n };
};

const parseRange = (text: string | undefined, address: IpPrefix): IpPrefix | undefined => {
  if (text === undefined || text === '') return undefined;
  const range = networkOf(parseCidr(text, 'fixed-cidr'));
  if (range.length >= address.length && containsIp(address, range)) return range;
  const shown = formatIpPrefix(range);
  const parent = formatIpPrefix(networkOf(address));
  throw refuseBridge(`invalid ip-range ${shown}: parent subnet ${parent} doesn't contain ip-range`);
};

const parseGateway = (text: string | undefined, address: IpPrefix): Ip | undefined => {
  if (text === undefined || text === '') return undefined;
  const gateway = parseIp(text);
  if (gateway && containsIp(address, gateway)) return gateway;
  const parent = formatIpPrefix(networkOf(address));
  throw refuseBridge(
    `auxiliary address: (DefaultGatewayIPv4:${text}) must belong to the master pool: ${parent}`,
  );
};

/** The bridge takes the address that is asked for in the place of those it has (link-local ones apart). */
const replaceAddresses = (host: NetlinkConnection, device: Link, wanted: IpPrefix): void => {
  const others = host
    .addresses()
    .filter(
      ({ index, address }) =>
        index === device.index && address.family === 4 && !containsIp(LINK_LOCAL, address),
    )
    .filter(({ address }) => formatIpPrefix(address) !== formatIpPrefix(wanted));
  for (const { address } of others) host.deleteAddress(device.index, address);
};

/** The device of the default bridge, ready for containers. */
export interface PreparedBridge {
  readonly settings: BridgeSettings;
  /** Index of the device. */
  readonly index: number;
}

/**
 * Makes or takes over the default bridge's device and gives it its address: `--bip`, the one it has, or the first of a
 * free subnet. `resolvers` are the host's name servers.
 * @throws invalid-argument in Docker's words; not-found when no subnet is free
 */
export const prepareBridge = (
  host: NetlinkConnection,
  config: NetworksConfig,
  resolvers: readonly Ip[],
): PreparedBridge => {
  const device = ensureDevice(host, config);
  const address = chooseAddress(host, device, config, resolvers);
  if (formatIp(networkOf(address)) === formatIp(address))
    throw refuseBridge(`failed to allocate gateway (${formatIp(address)}): Address already in use`);
  const range = parseRange(config.fixedCidr, address);
  const gateway = parseGateway(config.defaultGateway, address);
  if (config.bip !== '') replaceAddresses(host, device, address);
  host.addAddress(device.index, address);
  host.changeLink(device.index, { up: true });
  return {
    index: device.index,
    settings: {
      device: device.name,
      address,
      ...(range ? { range } : {}),
      ...(gateway ? { gateway } : {}),
      mtu: config.mtu,
      icc: config.icc,
      masquerade: config.ipMasquerade,
    },
  };
};
