// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetworkNamespace } from '../network-namespace.ts';
import type { StandInOptions } from './stand-in.ts';

/** What a stand-in says: one thing that reached it. */
export type Said = Readonly<Record<string, unknown>>;

/** A service that takes logs, running. */
export interface StandIn extends AsyncDisposable {
  /** Everything that reached it so far. */
  readonly said: readonly Said[];
  /** All bytes that reached it, as latin1 text. */
  readonly text: string;
  /** Waits until `isEnough` holds of what reached it. @throws Error with what did, after 20 s */
  until(isEnough: (text: string, said: readonly Said[]) => boolean): Promise<string>;
}

const PATIENCE = 20_000;

class RunningStandIn implements StandIn {
  readonly said: Said[] = [];
  readonly #child: ChildProcess;
  readonly #path: string | undefined;
  readonly ready: Promise<void>;

  constructor(child: ChildProcess, path?: string) {
    this.#child = child;
    this.#path = path;
    const isReady = Promise.withResolvers<void>();
    this.ready = isReady.promise;
    child.once('exit', (code) => isReady.reject(new Error(`the stand-in ended with ${code}`)));
    if (!child.stdout) throw new Error('the stand-in has no output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const value = JSON.parse(line) as Said;
      if (value['ready'] === true) isReady.resolve();
      else this.said.push(value);
    });
  }

  get text(): string {
    return this.said.map(({ data, body }) => (data ?? body ?? '') as string).join('');
  }

  async until(isEnough: (text: string, said: readonly Said[]) => boolean): Promise<string> {
    const deadline = performance.now() + PATIENCE;
    while (!isEnough(this.text, this.said)) {
      if (performance.now() > deadline) throw new Error(`only this came: ${JSON.stringify(this.said)}`);
      await sleep(20);
    }
    return this.text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#path !== undefined) await rm(this.#path, { force: true });
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}

const run = async (argv: readonly string[], path?: string): Promise<StandIn> => {
  const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const standIn = new RunningStandIn(child, path);
  await standIn.ready;
  return standIn;
};

/** Starts a service of stand-in.ts inside `netns`. */
export const startStandIn = async (
  netns: NetworkNamespace,
  kind: 'udp' | 'tcp' | 'tls' | 'fluentd' | 'http' | 'https',
  options: StandInOptions,
): Promise<StandIn> => {
  const script = join(import.meta.dirname, 'stand-in.ts');
  return run(netns.enter([process.execPath, script, kind, JSON.stringify(options)]));
};

/** Starts a reader of datagrams at a unix path, which takes files that come with them, as journald does. */
export const startDatagramReader = async (path: string): Promise<StandIn> =>
  run(['/usr/bin/python3', join(import.meta.dirname, 'datagrams.py'), path], path);
