// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetworkNamespace } from './network-namespace.ts';
import { runCommand } from './run-command.ts';

/** A running docker-registry that knows no images yet. */
export interface TestRegistry {
  /** host:port as it stands in an image name; reachable inside the namespace only. */
  readonly address: string;
  readonly directory: string;
  /** Where it keeps its blobs. */
  readonly data: string;
  stop(): Promise<void>;
}

/** The namespace that a registry listens in: a test's own, or the host's. */
export type Where = Pick<NetworkNamespace, 'enter' | 'run'>;

/** The host's own namespace, for filling a registry from this process. */
export const HOST_NAMESPACE: Where = {
  enter: (command) => [...command],
  run: ([file = '', ...args], options) => runCommand(file, args, options),
};

/**
 * Starts Debian's docker-registry on 127.0.0.1 inside a namespace, with its data in a temporary directory. Given the
 * `data` of another one it serves the same images.
 */
export async function startRegistry(netns: Where, port = 5000, data?: string): Promise<TestRegistry> {
  const directory = await mkdtemp(join(tmpdir(), 'bt-registry-'));
  const address = `127.0.0.1:${port}`;
  const config = join(directory, 'config.yml');
  await writeFile(
    config,
    [
      'version: 0.1',
      'log: {level: error, accesslog: {disabled: true}}',
      'storage: {filesystem: {rootdirectory: ' +
        (data ?? join(directory, 'data')) +
        '}, delete: {enabled: true}}',
      `http: {addr: "${address}"}`,
    ].join('\n'),
  );
  const argv = netns.enter(['docker-registry', 'serve', config]);
  const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill('SIGTERM')) await ended;
    await rm(directory, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await netns.run(['curl', '-sf', '-o', '/dev/null', `http://${address}/v2/`]);
    if (answer.code === 0) return { address, directory, data: data ?? join(directory, 'data'), stop };
    await sleep(50);
  }
  await stop();
  throw new Error(`docker-registry did not answer on ${address}`);
}
