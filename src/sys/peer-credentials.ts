// SPDX-License-Identifier: Apache-2.0
import { SOL_SOCKET, getSocketOption } from './socket.ts';

/** `<asm-generic/socket.h>`. */
const SO_PEERCRED = 17;

/** Who was at the other end of a unix socket when it connected. */
export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Credentials of the peer of the unix socket `fd`. Layout: `struct ucred` of `<sys/socket.h>`, three 32-bit numbers. */
export const peerCredentials = (fd: number): PeerCredentials => {
  const bytes = getSocketOption(fd, SOL_SOCKET, SO_PEERCRED, 12);
  return { pid: bytes.readInt32LE(0), uid: bytes.readUInt32LE(4), gid: bytes.readUInt32LE(8) };
};
