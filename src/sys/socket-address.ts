// SPDX-License-Identifier: Apache-2.0
import { type Ip, ipBytes } from '../spec/ip.ts';
import { AF } from './socket.ts';

/**
 * A `sockaddr_in` (16 bytes) or `sockaddr_in6` (28 bytes) of `<netinet/in.h>`: family in host order, port in network
 * order, the address (in6 after 4 bytes of flow label, before 4 of scope).
 */
export const internetAddress = (address: Ip, port: number): Buffer => {
  const v4 = address.family === 4;
  const bytes = Buffer.alloc(v4 ? 16 : 28);
  bytes.writeUInt16LE(v4 ? AF.inet : AF.inet6, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(ipBytes(address), v4 ? 4 : 8);
  return bytes;
};
