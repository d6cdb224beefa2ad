// SPDX-License-Identifier: Apache-2.0
import type { Link, NetlinkConnection } from '../../../adapters/netlink/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { randomMacAddress } from '../mac-address.ts';
import type { BridgeSettings } from './bridge-settings.ts';

/** A name for an interface takes 15 bytes and no white space or slash (`dev_valid_name` of the kernel). */
const DEVICE = /^[A-Za-z0-9_.-]{1,15}$/;

/** @throws internal in the kernel's words, as Docker passes them on; invalid-argument for a name that rules could not carry */
export const checkDeviceName = (name: string): void => {
  if (Buffer.byteLength(name) > 15) throw new EngineError('internal', 'numerical result out of range');
  if (!DEVICE.test(name))
    throw new EngineError('invalid-argument', `invalid bridge name ${JSON.stringify(name)}`);
};

/** A link of that name must be a bridge: another one is somebody's. @throws internal in Docker's words */
export const checkDeviceKind = (host: NetlinkConnection, name: string): void => {
  const found = host.link(name);
  if (found && found.kind !== 'bridge')
    throw new EngineError('internal', `existing interface ${name} is not a bridge`);
};

const ensureDevice = (host: NetlinkConnection, { device, mtu }: BridgeSettings): Link => {
  checkDeviceKind(host, device);
  const found = host.link(device);
  if (found) return found;
  host.createBridge({ name: device, mtu });
  const made = host.link(device);
  if (!made) throw new EngineError('internal', `${device} vanished`);
  // Otherwise it would take over the address of its ports, and change it as they come and go.
  host.changeLink(made.index, { macAddress: randomMacAddress() });
  return made;
};

/** Makes a user's bridge, or completes one that is there, gives it its addresses and gives its index. */
export const makeBridge = (host: NetlinkConnection, settings: BridgeSettings): number => {
  const { index } = ensureDevice(host, settings);
  const { ipv4, ipv6, isolatedIpv4, isolatedIpv6, inhibitIpv4 } = settings;
  if (ipv4 && isolatedIpv4 !== true && inhibitIpv4 !== true) host.addAddress(index, ipv4.address);
  host.changeLink(index, { up: true });
  if (ipv6 && isolatedIpv6 !== true) host.addAddress(index, ipv6.address);
  return index;
};
