// SPDX-License-Identifier: Apache-2.0
import { after, before, beforeEach } from 'node:test';
import type { DaemonOptions } from './daemon.ts';
import type { Engine } from './engine.ts';
import { NetworkPlugin } from './network-plugin.ts';
import { startSuiteEngine } from './use-engine.ts';

/** An engine and a plugin of networks and addresses for it. */
export interface PluginStage {
  readonly engine: () => Engine;
  readonly plugin: () => NetworkPlugin;
  /** What the plugin was told to do since the last time that somebody looked, without `NetworkDriver.` or `IpamDriver.`. */
  readonly methods: () => readonly string[];
  /** Links of the plugin that are on the host. */
  readonly links: () => Promise<readonly string[]>;
}

/** What other engines of the host ask too, of whatever they come upon. */
const QUESTION = /^Plugin\.|\.GetCapabilities$|\.GetDefaultAddressSpaces$/;

/** Engines look for plugins at places of the host. */
export const socketOf = (name: string): string => `/run/docker/plugins/${name}.sock`;

/** What a test file does on its stage before its tests, and after them. */
export interface PluginActs {
  readonly prepare?: () => Promise<void>;
  readonly finish?: () => Promise<void>;
}

/** One engine and one plugin for a test file, started before its tests and cleared away after them. `name` must be nobody else's. */
export function useNetworkPlugin(
  name: string,
  options: DaemonOptions = {},
  acts: PluginActs = {},
): PluginStage {
  let started: { readonly engine: Engine; readonly plugin: NetworkPlugin } | undefined;
  const stage = () => {
    if (!started) throw new Error('the engine did not start');
    return started;
  };
  before(async () => {
    const engine = await startSuiteEngine(options);
    started = { engine, plugin: new NetworkPlugin(engine.netns) };
    await started.plugin.listen(socketOf(name));
    // One hook for all: node:test does not wait for one root hook before it begins the next.
    await acts.prepare?.();
  });
  after(async () => {
    try {
      await acts.finish?.();
    } finally {
      await started?.plugin[Symbol.asyncDispose]();
      await started?.engine.stop();
    }
  });
  beforeEach(() => {
    const { plugin } = stage();
    plugin.calmDown();
    plugin.takeCalls();
  });
  return {
    engine: () => stage().engine,
    plugin: () => stage().plugin,
    methods: () =>
      stage()
        .plugin.takeCalls()
        .filter(({ method }) => !QUESTION.test(method))
        .map(({ method }) => method.replace(/^\w+Driver\./, '')),
    links: async () => (await stage().engine.netns.links()).filter((link) => /^v[pc][0-9a-f]{7}$/.test(link)),
  };
}

/** Waits until `holds`. @throws Error after `patience` ms */
export async function eventually(holds: () => boolean, what: string, patience = 15_000): Promise<void> {
  const deadline = performance.now() + patience;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
