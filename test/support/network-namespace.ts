// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mustRun, runCommand, type CommandOptions, type CommandResult } from './run-command.ts';

/** A throw-away network namespace with its loopback up; the mount namespace stays the host's own. */
export interface NetworkNamespace {
  readonly name: string;
  /** The namespace's file: /run/netns/NAME. */
  readonly path: string;
  /** The argv that runs `command` inside. nsenter, not `ip netns exec`: that one would make a private mount namespace. */
  enter(command: readonly string[]): string[];
  run(command: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Names of the links inside, without `lo`. */
  links(): Promise<string[]>;
  /** Process ids that live inside. */
  pids(): Promise<number[]>;
  remove(): Promise<void>;
}

/** Makes a network namespace. It knows no way out: what a test needs from outside it starts inside. */
export async function createNetworkNamespace(purpose: string): Promise<NetworkNamespace> {
  const name = `bt-${purpose}-${randomBytes(3).toString('hex')}`;
  await mustRun('ip', ['netns', 'add', name]);
  await mustRun('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
  const path = `/run/netns/${name}`;
  const enter = (command: readonly string[]): string[] => ['nsenter', `--net=${path}`, ...command];
  const run = (command: readonly string[], options?: CommandOptions): Promise<CommandResult> =>
    runCommand('nsenter', [`--net=${path}`, ...command], options);
  return {
    name,
    path,
    enter,
    run,
    links: async () => {
      const { stdout } = await run(['ip', '-o', 'link']);
      const names = [...stdout.matchAll(/^\d+: ([^:@\s]+)/gm)].map((match) => match[1] ?? '');
      return names.filter((link) => link !== 'lo');
    },
    pids: async () => {
      const { stdout } = await runCommand('ip', ['netns', 'pids', name]);
      return stdout.split('\n').filter(Boolean).map(Number);
    },
    remove: async () => {
      await runCommand('ip', ['netns', 'del', name]);
    },
  };
}
