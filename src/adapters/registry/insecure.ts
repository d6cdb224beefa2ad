// SPDX-License-Identifier: Apache-2.0
import { BlockList, isIP, isIPv6 } from 'node:net';

/** All addresses of a host name; none when it has none. */
export type LookUp = (host: string) => Promise<readonly string[]>;

/** Always insecure, as Docker has it. */
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

const CIDR = /^([0-9a-fA-F:.]+)\/(\d+)$/;

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIPv6(address) ? 'ipv6' : 'ipv4');

const blocksOf = (entries: readonly string[]): BlockList => {
  const blocks = new BlockList();
  for (const entry of [...LOOPBACK, ...entries]) {
    const [, address = '', prefix = ''] = CIDR.exec(entry) ?? [];
    if (isIP(address)) blocks.addSubnet(address, Number(prefix), familyOf(address));
  }
  return blocks;
};

/** True when `domain` may be spoken to without a checked certificate: by its name, or by any of its addresses. */
export const isInsecure = async (
  domain: string,
  host: string,
  entries: readonly string[],
  lookUp: LookUp,
): Promise<boolean> => {
  if (entries.includes(domain) || entries.includes(host)) return true;
  const blocks = blocksOf(entries);
  const addresses = isIP(host) ? [host] : await lookUp(host);
  return addresses.some((address) => blocks.check(address, familyOf(address)));
};
