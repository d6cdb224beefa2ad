// SPDX-License-Identifier: Apache-2.0
import { chmod, chown, lstat, rename, rm } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { EngineError, messageOf } from '../base/errors.ts';
import { randomId } from '../base/ids.ts';

/** TLS material, in PEM. With `ca`, clients must show a certificate that it signed. */
export interface TlsMaterial {
  readonly cert: string | Uint8Array;
  readonly key: string | Uint8Array;
  readonly ca?: string | Uint8Array;
}

/** Where clients connect. */
export type Listener =
  /** `group` is a numeric id; the socket is root's alone, and its group's. */
  | { readonly kind: 'unix'; readonly path: string; readonly group?: number }
  /** An empty host is all addresses. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls?: TlsMaterial }
  /** A socket that the system has opened (systemd). */
  | { readonly kind: 'fd'; readonly fd: number };

/** Owner and group may read and write, others nothing. */
const SOCKET_MODE = 0o660;

const listening = async (server: Server, options: object): Promise<void> => {
  const ready = Promise.withResolvers<void>();
  server.once('error', ready.reject);
  server.listen(options, () => ready.resolve());
  try {
    await ready.promise;
  } finally {
    server.off('error', ready.reject);
  }
};

/** True when somebody accepts connections at `path`. */
const answers = async (path: string): Promise<boolean> => {
  const tried = Promise.withResolvers<boolean>();
  const socket = connect(path, () => tried.resolve(true));
  socket.once('error', () => tried.resolve(false));
  try {
    return await tried.promise;
  } finally {
    socket.destroy();
  }
};

const inodeOf = async (path: string): Promise<string | undefined> => {
  const stat = await lstat(path).catch(() => undefined);
  return stat && `${stat.dev}:${stat.ino}`;
};

/** Refuses a path that a living daemon or another kind of file holds. */
const assertFree = async (path: string): Promise<void> => {
  const stat = await lstat(path).catch(() => undefined);
  if (!stat) return;
  if (!stat.isSocket())
    throw new EngineError('conflict', `can't create unix socket ${path}: it is no socket`);
  if (await answers(path))
    throw new EngineError('conflict', `listen unix ${path}: bind: address already in use`);
};

/** Gives back how to remove the socket, which leaves one that another daemon has put there in peace. */
const listenUnix = async (
  server: Server,
  path: string,
  group: number | undefined,
): Promise<() => Promise<void>> => {
  await assertFree(path);
  // Made under another name and moved: whoever finds the socket finds it with its owner and mode, and answering. The
  // event loop would also remove a socket by the name it was made with when it closes, no matter whose it is by then.
  const fresh = join(dirname(path), `.${randomId().slice(0, 8)}`);
  await listening(server, { path: fresh });
  await chmod(fresh, SOCKET_MODE);
  if (group !== undefined) await chown(fresh, 0, group);
  await rename(fresh, path);
  const inode = await inodeOf(path);
  return async () => {
    if (inode !== undefined && (await inodeOf(path)) === inode) await rm(path, { force: true });
  };
};

/** Lets `server` listen. Gives what to do when it has closed. @throws unavailable, conflict when the address is taken */
export const openListener = async (server: Server, listener: Listener): Promise<() => Promise<void>> => {
  try {
    if (listener.kind === 'unix') return await listenUnix(server, listener.path, listener.group);
    if (listener.kind === 'fd') await listening(server, { fd: listener.fd });
    else
      await listening(server, {
        port: listener.port,
        ...(listener.host === '' ? {} : { host: listener.host }),
      });
    return async () => undefined;
  } catch (cause) {
    server.close();
    if (cause instanceof EngineError) throw cause;
    throw new EngineError('unavailable', `failed to load listeners: ${messageOf(cause)}`, { cause });
  }
};
