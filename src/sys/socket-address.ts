// SPDX-License-Identifier: Apache-2.0
import { isIPv4 } from 'node:net';
import { Address6 } from 'ip-address';
import { AF } from './socket.ts';

/**
 * A `sockaddr_in` (16 bytes) or `sockaddr_in6` (28 bytes) of `<netinet/in.h>`: family in host order, port in network
 * order, the address (in6 after 4 bytes of flow label, before 4 of scope). `address` must be an IP address.
 */
export const internetAddress = (address: string, port: number): Buffer => {
  const v4 = isIPv4(address);
  const bytes = Buffer.alloc(v4 ? 16 : 28);
  bytes.writeUInt16LE(v4 ? AF.inet : AF.inet6, 0);
  bytes.writeUInt16BE(port, 2);
  if (v4) {
    bytes.set(address.split('.').map(Number), 4);
    return bytes;
  }
  const digits = new Address6(address).bigInt().toString(16).padStart(32, '0');
  bytes.set(Buffer.from(digits, 'hex'), 8);
  return bytes;
};
