// SPDX-License-Identifier: Apache-2.0
import { isIP } from 'node:net';
import { EngineError } from '../../base/errors.ts';

/** Finds the address of a host. @throws for a name that nobody knows */
export type Lookup = (host: string) => Promise<string>;

/** What a network file system is mounted from, and its own options. */
export interface NetworkMount {
  readonly device: string;
  readonly data: string;
}

/** File systems whose `addr=` must be an address: the kernel knows no names. */
const ADDRESSED = new Set(['nfs', 'nfs4', 'cifs', 'smb3']);
/** Those of them that find their server in `//host/share` without an `addr=`. */
const SHARED = new Set(['cifs', 'smb3']);

const resolve = async (host: string, lookup: Lookup): Promise<string> => {
  try {
    return await lookup(host);
  } catch (cause) {
    throw new EngineError(
      'internal',
      `error resolving passed in network volume address: lookup ${host}: no such host`,
      { cause },
    );
  }
};

/** `//host/share` with the host's address. @throws invalid-argument for a port */
const resolveShare = async (device: string, lookup: Lookup): Promise<string> => {
  const [, host = '', port, rest = ''] = /^\/\/([^/:]+)(:\d+)?(\/.*)?$/.exec(device) ?? [];
  if (port !== undefined) {
    const text = "port not allowed in CIFS device URL, include 'port' in 'o=' instead";
    throw new EngineError('invalid-argument', text);
  }
  if (host === '' || isIP(host) !== 0) return device;
  return `//${await resolve(host, lookup)}${rest}`;
};

/**
 * A mount with addresses for names, as the kernel needs it. It is asked for at each mount: a server may move.
 * @throws internal for a name that is not known; invalid-argument for a share with a port
 */
export const resolveNetworkMount = async (
  type: string,
  mount: NetworkMount,
  lookup: Lookup,
): Promise<NetworkMount> => {
  if (!ADDRESSED.has(type)) return mount;
  const { device, data } = mount;
  const host = /(?:^|,)addr=([^,]*)/.exec(data)?.[1] ?? '';
  if (host === '') return SHARED.has(type) ? { device: await resolveShare(device, lookup), data } : mount;
  if (isIP(host) !== 0) return mount;
  return { device, data: data.replace(`addr=${host}`, `addr=${await resolve(host, lookup)}`) };
};
