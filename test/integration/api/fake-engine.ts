// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Api, createApi, type RoutesDeps } from '../../../src/api/index.ts';
import { silentLog } from '../../../src/base/log.ts';
import { fakeRooms, type PartialRooms } from './fake-rooms.ts';

/** The API over rooms that a test plays, on a socket of its own. */
export interface FakeEngine extends AsyncDisposable {
  readonly socketPath: string;
  readonly api: Api;
  /** A bare connection. */
  connect(): Socket;
}

/** A directory that goes when the test ends. */
export const temporaryDirectory = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const path = await mkdtemp(join(tmpdir(), 'berth-api-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};

export const startFakeEngine = async (rooms: PartialRooms): Promise<FakeEngine> => {
  const directory = await temporaryDirectory();
  const socketPath = join(directory.path, 's');
  const api = createApi({
    listeners: [{ kind: 'unix', path: socketPath }],
    identity: { version: '0.1.0', experimental: false },
    log: silentLog,
  });
  await api.open();
  const deps: RoutesDeps = fakeRooms(rooms);
  api.serve(deps);
  return {
    socketPath,
    api,
    connect: () => connect({ path: socketPath, allowHalfOpen: true }),
    [Symbol.asyncDispose]: async () => {
      await api[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
};

/** Sends bytes and reads to the end of the connection. */
export const exchangeBytes = async (
  engine: FakeEngine,
  request: string,
  options: { readonly halfClose?: boolean } = {},
): Promise<string> => {
  const socket = engine.connect();
  socket.write(request);
  if (options.halfClose) socket.end();
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  socket.destroy();
  return Buffer.concat(parts).toString('latin1');
};
