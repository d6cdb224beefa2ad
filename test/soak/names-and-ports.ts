// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../support/engine.ts';
import { runCommand } from '../support/run-command.ts';
import { type Asker, ask } from './ask.ts';
import { HOST_ADDRESS } from './network-stage.ts';

/** Addresses of a name; empty when it stands for nothing; `silent` when nobody answered. */
export type Resolved = readonly string[] | 'silent';

const parseAnswer = (text: string): Resolved => {
  if (/timed out|no servers could be reached/.test(text)) return 'silent';
  const [, ...parts] = text.split('Name:');
  return parts.flatMap((part) =>
    [...part.matchAll(/Address(?: \d+)?:\s*(\S+)/g)].map(([, found]) => found ?? ''),
  );
};

/** Asks the resolver from a container's namespace; undefined when the container does not run. */
export const resolveIn = async (
  asker: Asker,
  container: string,
  name: string,
): Promise<Resolved | undefined> => {
  const question = { method: 'GET', path: `/containers/${container}/json`, subject: container };
  const reply = await ask(asker, question, () => undefined);
  if (reply === 'lost' || reply.status !== 200) return undefined;
  const { State, NetworkSettings } = reply.json as {
    readonly State: { readonly Running: boolean };
    readonly NetworkSettings: { readonly SandboxKey: string };
  };
  if (!State.Running) return undefined;
  // No exec: nearly all of its time would go into another container process.
  const lookUp = ['busybox', 'nslookup', '-type=a', `${name}.`, '127.0.0.11'];
  const { stdout } = await runCommand('nsenter', [`--net=${NetworkSettings.SandboxKey}`, ...lookUp]);
  return stdout.includes('Server:') ? parseAnswer(stdout) : undefined;
};

/** What a web server says behind a published port of the host, or undefined when nobody is there. */
export const askPort = async (
  engine: Engine,
  port: number,
  address = HOST_ADDRESS,
): Promise<string | undefined> => {
  const url = `http://${address}:${port}/name`;
  const { code, stdout } = await engine.netns.run(['curl', '-s', '--max-time', '3', url]);
  return code === 0 ? stdout.trim() : undefined;
};

/** Asks until the port answers, or `patience` ms are over: a server begins a moment after its container. */
export const awaitPort = async (
  engine: Engine,
  port: number,
  patience: number,
): Promise<string | undefined> => {
  const deadline = performance.now() + patience;
  for (;;) {
    const said = await askPort(engine, port);
    if (said !== undefined || performance.now() > deadline) return said;
    await sleep(200);
  }
};
