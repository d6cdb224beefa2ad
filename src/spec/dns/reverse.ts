// SPDX-License-Identifier: Apache-2.0
import { type Ip, formatIp, ipBytes, ipFromBytes, parseIp } from '../ip.ts';
import { type DnsName, foldName, labelsOf } from './name.ts';

const V4_ZONE = '.in-addr.arpa';
const V6_ZONE = '.ip6.arpa';

/** The address that the name of a PTR question asks about, RFC 1035, 3.5 and 3596, 2.5; `undefined` when it is none. */
export const reversedIp = (name: DnsName): Ip | undefined => {
  const folded = foldName(name);
  if (folded.endsWith(V4_ZONE))
    return parseIp(labelsOf(folded.slice(0, -V4_ZONE.length)).toReversed().join('.'));
  if (!folded.endsWith(V6_ZONE)) return undefined;
  const nibbles = labelsOf(folded.slice(0, -V6_ZONE.length));
  if (nibbles.length !== 32 || !nibbles.every((nibble) => /^[0-9a-f]$/.test(nibble))) return undefined;
  return ipFromBytes(Buffer.from(nibbles.toReversed().join(''), 'hex'));
};

/** The name that asks for the names of `ip`. */
export const reverseName = (ip: Ip): DnsName =>
  ip.family === 4
    ? `${formatIp(ip).split('.').toReversed().join('.')}${V4_ZONE}`
    : `${ipBytes(ip).toString('hex').split('').toReversed().join('.')}${V6_ZONE}`;
