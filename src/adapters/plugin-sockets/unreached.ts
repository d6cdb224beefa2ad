// SPDX-License-Identifier: Apache-2.0
import { errnoText } from '../../sys/errno-text.ts';
import { errnoOf } from '../../sys/errno.ts';
import { messageOf } from '../../base/errors.ts';
import type { PluginAddress } from './plugin-sockets.ts';

/** What a connection ends with when nobody has read the request. */
const UNREACHED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOENT', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Whether nobody has read the request: another attempt can't do anything twice. */
export const isUnreached = (error: unknown): boolean => UNREACHED.has(errnoOf(error) ?? '');

const socketOf = ({ url }: PluginAddress): string | undefined => /^unix:\/\/(.+)$/.exec(url)?.[1];

const shownUrl = (address: PluginAddress, method: string): string => {
  const socket = socketOf(address);
  if (socket !== undefined) return `http://${encodeURIComponent(socket)}/${method}`;
  const scheme = address.tls === undefined ? 'http' : 'https';
  return `${address.url.replace(/^tcp:/, `${scheme}:`).replace(/\/$/, '')}/${method}`;
};

const reasonOf = (address: PluginAddress, cause: unknown): string => {
  if (!isUnreached(cause)) return messageOf(cause) === 'socket hang up' ? 'EOF' : messageOf(cause);
  const socket = socketOf(address);
  const where = socket === undefined ? `tcp ${new URL(address.url).host}` : `unix ${socket}`;
  return `dial ${where}: connect: ${errnoText(errnoOf(cause))}`;
};

/** What is said of a call that brought no answer, in Docker's words. */
export const unansweredText = (
  address: PluginAddress,
  method: string,
  cause: unknown,
  isTooSlow: boolean,
): string =>
  `Post "${shownUrl(address, method)}": ${isTooSlow ? 'context deadline exceeded' : reasonOf(address, cause)}`;
