// SPDX-License-Identifier: Apache-2.0
import type { Link, NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { type Ip, type IpPrefix, formatIpPrefix } from '../../../spec/ip.ts';
import { sourcesOf } from '../choose-subnet.ts';
import { randomMacAddress } from '../mac-address.ts';
import type { NetworksConfig } from '../networks-config.ts';
import type { PlannedSubnet } from '../plan-subnets.ts';
import type { BridgeSettings } from './bridge-settings.ts';
import { chooseDefaultSubnet, ownAddresses, refuseBridge } from './default-subnet.ts';

/** Docker's own default bridge. */
export const DEFAULT_DEVICE = 'docker0';
/** Names that rules and commands can carry as they are; the kernel takes 15 bytes. */
const DEVICE = /^[A-Za-z0-9_.-]{1,15}$/;

/** The device, made when it is Docker's own and missing. */
const ensureDevice = (host: NetlinkConnection, { bridge, mtu }: NetworksConfig): Link => {
  const name = bridge === '' ? DEFAULT_DEVICE : bridge;
  if (!DEVICE.test(name)) throw refuseBridge(`invalid bridge name ${JSON.stringify(name)}`);
  const found = host.link(name);
  if (found && found.kind !== 'bridge') throw refuseBridge(`existing interface ${name} is not a bridge`);
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

/** The bridge takes the address that is asked for in the place of those it has (link-local ones apart). */
const replaceAddresses = (host: NetlinkConnection, device: Link, wanted: IpPrefix): void => {
  const others = ownAddresses(host, device, wanted.family).filter(
    (address) => formatIpPrefix(address) !== formatIpPrefix(wanted),
  );
  for (const address of others) host.deleteAddress(device.index, address);
};

/** The device of the default bridge, ready for containers. */
export interface PreparedBridge {
  readonly settings: BridgeSettings;
  /** Index of the device. */
  readonly index: number;
}

/** What of the host decides on subnets. */
export interface BridgeSurroundings {
  /** The host's name servers. */
  readonly resolvers: readonly Ip[];
  /** Text that stays the same on this host: its unique local IPv6 subnets are made from it. */
  readonly seed: string;
}

interface Families {
  readonly four: PlannedSubnet;
  readonly six: PlannedSubnet | undefined;
}

const chooseFamilies = (
  host: NetlinkConnection,
  device: Link,
  config: NetworksConfig,
  { resolvers, seed }: BridgeSurroundings,
): Families => {
  const { addressPools, bip, bip6 = '', fixedCidr = '', fixedCidr6 = '' } = config;
  const { defaultGateway = '', defaultGateway6 = '' } = config;
  const sources = (family: 4 | 6) => sourcesOf(family, addressPools, seed);
  const first = { family: 4, bip, fixedCidr, gateway: defaultGateway, sources: sources(4) } as const;
  const four = chooseDefaultSubnet(host, device, first, resolvers);
  if (config.ipv6 !== true) return { four, six: undefined };
  const second = {
    family: 6,
    bip: bip6,
    fixedCidr: fixedCidr6,
    gateway: defaultGateway6,
    sources: sources(6),
  } as const;
  return { four, six: chooseDefaultSubnet(host, device, second, resolvers) };
};

/**
 * Makes or takes over the default bridge's device and gives it its addresses: those of `--bip` and `--bip6`, the ones it
 * has, or the first of free subnets.
 * @throws invalid-argument in Docker's words; not-found when no subnet is free
 */
export const prepareBridge = (
  host: NetlinkConnection,
  config: NetworksConfig,
  surroundings: BridgeSurroundings,
): PreparedBridge => {
  const device = ensureDevice(host, config);
  const { four, six } = chooseFamilies(host, device, config, surroundings);
  if (config.bip !== '') replaceAddresses(host, device, four.address);
  if (six && (config.bip6 ?? '') !== '') replaceAddresses(host, device, six.address);
  host.addAddress(device.index, four.address);
  host.changeLink(device.index, { up: true });
  // IPv6 addresses are refused of a device whose family is off, and go with a device that is down.
  if (six) host.addAddress(device.index, six.address);
  return {
    index: device.index,
    settings: {
      device: device.name,
      ipv4: four,
      ...(six && { ipv6: six }),
      mtu: config.mtu,
      icc: config.icc,
      masquerade: config.ipMasquerade,
    },
  };
};
