// SPDX-License-Identifier: Apache-2.0
import { type IpPrefix, type Ip, formatIp, formatIpPrefix, networkOf } from '../../../spec/ip.ts';
import type { IpamPool } from '../networks.ts';

/** A bridge with all that was chosen for it. */
export interface BridgeSettings {
  /** The device's name. */
  readonly device: string;
  /** The bridge's own address and the length of its subnet's prefix. */
  readonly address: IpPrefix;
  /** Part of the subnet that containers get addresses from; absent for all of it. */
  readonly range?: IpPrefix;
  /** Where containers send what leaves the subnet; absent for the bridge itself. */
  readonly gateway?: Ip;
  /** Bytes. */
  readonly mtu: number;
  readonly icc: boolean;
  readonly masquerade: boolean;
}

/** The bridge's own share in what `inspect` shows. */
export const poolOf = ({ address, range, gateway }: BridgeSettings): IpamPool => ({
  subnet: formatIpPrefix(networkOf(address)),
  gateway: formatIp(address),
  ...(range ? { ipRange: formatIpPrefix(range) } : {}),
  ...(gateway ? { auxiliaryAddresses: { DefaultGatewayIPv4: formatIp(gateway) } } : {}),
});
