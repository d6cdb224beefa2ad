// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, messageOf } from '../../base/errors.ts';
import { errnoOf } from '../../sys/errno.ts';
import type { HostNetwork } from './host-network.ts';

const SETTINGS = '/proc/sys/net';
const RESOLVER = '/etc/resolv.conf';
/** Where systemd-resolved lists the servers behind its own stub. */
const RESOLVED = '/run/systemd/resolve/resolv.conf';
const STUB = '127.0.0.53';

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    throw new EngineError('internal', messageOf(cause), { cause });
  }
};

const KINDS = { ENOENT: 'not-found', EROFS: 'forbidden', EACCES: 'forbidden', EPERM: 'forbidden' } as const;
const isKnown = (code: string | undefined): code is keyof typeof KINDS => code !== undefined && code in KINDS;

const changeSetting = (name: string, value: string): void => {
  try {
    writeFileSync(join(SETTINGS, name), value);
  } catch (cause) {
    const code = errnoOf(cause);
    throw new EngineError(isKnown(code) ? KINDS[code] : 'internal', messageOf(cause), { cause });
  }
};

/** True when the only server is systemd-resolved's stub, which no container can reach. */
const namesStubOnly = (text: string): boolean => {
  const servers = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server]) => server);
  return servers.length === 1 && servers[0] === STUB;
};

const resolverConfiguration = (): { readonly path: string; readonly text: string } => {
  const text = readIfThere(RESOLVER) ?? '';
  const behind = namesStubOnly(text) ? readIfThere(RESOLVED) : undefined;
  return behind === undefined ? { path: RESOLVER, text } : { path: RESOLVED, text: behind };
};

/** The files of this host. */
export const createHostNetwork = (): HostNetwork => ({
  setting: (name) => readIfThere(join(SETTINGS, name))?.trim(),
  changeSetting,
  resolverConfiguration,
});
