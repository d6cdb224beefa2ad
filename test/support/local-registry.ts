// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Debian's docker-registry on a port of its own on 127.0.0.1. */
export interface LocalRegistry extends AsyncDisposable {
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly directory: string;
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
};

const answers = (address: string): Promise<boolean> =>
  fetch(`http://${address}/v2/`).then(
    () => true,
    () => false,
  );

/** Starts it with an empty store; `settings` are further lines of its configuration. */
export const startLocalRegistry = async (settings: readonly string[] = []): Promise<LocalRegistry> => {
  const directory = await mkdtemp(join(tmpdir(), 'bt-registry-'));
  const address = `127.0.0.1:${await freePort()}`;
  const config = [
    'version: 0.1',
    'log: {level: error, accesslog: {disabled: true}}',
    `storage: {filesystem: {rootdirectory: ${directory}/data}, delete: {enabled: true}}`,
    `http: {addr: "${address}"}`,
    ...settings,
  ];
  await writeFile(join(directory, 'config.yml'), config.join('\n'));
  const child = spawn('/usr/bin/docker-registry', ['serve', join(directory, 'config.yml')], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for (let tries = 0; tries < 400 && !(await answers(address)); tries += 1) await pause(25);
  return {
    address,
    directory,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
};
