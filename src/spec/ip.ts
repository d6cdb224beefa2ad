// SPDX-License-Identifier: Apache-2.0
import { isIPv4, isIPv6 } from 'node:net';
import { Address6 } from 'ip-address';

/** An IP address as a number: 32 or 128 bits by `family`. */
export interface Ip {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** A subnet or an address with its prefix length (`10.0.0.1/8`); `value` may have host bits. */
export interface IpPrefix extends Ip {
  /** Leading bits that name the network: 0 to 32 or 128. */
  readonly length: number;
}

export const bitsOf = (family: 4 | 6): number => (family === 4 ? 32 : 128);

/** Reads an address in its usual text form, without zone. `undefined` when it is none (`010.0.0.1` is none). */
export const parseIp = (text: string): Ip | undefined => {
  if (isIPv4(text)) {
    const bytes = text.split('.').map(BigInt);
    return { family: 4, value: bytes.reduce((sum, byte) => (sum << 8n) | byte, 0n) };
  }
  if (!isIPv6(text) || text.includes('%')) return undefined;
  return { family: 6, value: new Address6(text).bigInt() };
};

/** Reads `address/length`. `undefined` when it is none. */
export const parseIpPrefix = (text: string): IpPrefix | undefined => {
  const [address = '', length = '', ...rest] = text.split('/');
  const ip = parseIp(address);
  if (!ip || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) return undefined;
  return Number(length) <= bitsOf(ip.family) ? { ...ip, length: Number(length) } : undefined;
};

/** 4 or 16 bytes in network order. */
export const ipBytes = ({ family, value }: Ip): Buffer =>
  Buffer.from(value.toString(16).padStart(bitsOf(family) / 4, '0'), 'hex');

/** The address that 4 or 16 bytes in network order are. */
export const ipFromBytes = (bytes: Uint8Array): Ip => ({
  family: bytes.length === 4 ? 4 : 6,
  value: BigInt(`0x${Buffer.from(bytes).toString('hex')}`),
});

/** The usual text form; IPv6 as RFC 5952 has it. */
export const formatIp = (ip: Ip): string =>
  ip.family === 4 ? ipBytes(ip).join('.') : Address6.fromBigInt(ip.value).correctForm();

export const formatIpPrefix = (prefix: IpPrefix): string => `${formatIp(prefix)}/${prefix.length}`;

const hostMask = ({ family, length }: IpPrefix): bigint => (1n << BigInt(bitsOf(family) - length)) - 1n;

/** The first address of the subnet: host bits cleared. */
export const networkOf = (prefix: IpPrefix): IpPrefix => ({
  ...prefix,
  value: prefix.value & ~hostMask(prefix),
});

/** The last address of the subnet: IPv4's broadcast address. */
export const lastOf = (prefix: IpPrefix): Ip => ({
  family: prefix.family,
  value: prefix.value | hostMask(prefix),
});

export const containsIp = (prefix: IpPrefix, ip: Ip): boolean =>
  prefix.family === ip.family && (ip.value & ~hostMask(prefix)) === networkOf(prefix).value;

/** True when the two subnets share an address. */
export const overlaps = (one: IpPrefix, other: IpPrefix): boolean =>
  one.length <= other.length ? containsIp(one, other) : containsIp(other, one);
