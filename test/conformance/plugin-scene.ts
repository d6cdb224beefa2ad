// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetworkPlugin, type PluginCall } from '../support/network-plugin.ts';
import { COMMON_VERSION, type Lab } from './step.ts';

/** One thing that a client did: what the CLI said, and what the plugin was asked for it. */
export interface Act {
  readonly did: string;
  readonly code: number;
  readonly said: string;
  readonly calls: readonly string[];
}

/** A plugin for one engine, and a client that uses it. */
export interface PluginScene {
  readonly plugin: NetworkPlugin;
  /**
   * Runs the CLI, in the version that both engines speak: the words of `line`, in which `PLUGIN` stands for the plugin's
   * name, and then `rest`.
   */
  readonly docker: (line: string, ...rest: readonly string[]) => Promise<void>;
}

const SETUP = 'failed to set up container networking: ';

const PORTS = new Set(['com.docker.network.endpoint.exposedports', 'com.docker.network.portmap']);

type Value = Readonly<Record<string, unknown>>;

/** What is the same on all engines and versions. Ports come in any order, and 20.10 knows no networks without IPv4. */
const plain = (key: string, value: unknown): unknown => {
  if (key === 'com.docker.network.enable_ipv4') return undefined;
  if (PORTS.has(key) && Array.isArray(value))
    return value.toSorted((one: Value, other: Value) => Number(one['Port']) - Number(other['Port']));
  return value;
};

const maskIds = (text: string): string =>
  text
    .replace(/[0-9a-f]{64}/g, '<id>')
    .replace(/"SandboxKey":"[^"]*"/, '"SandboxKey":"<key>"')
    .replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}/g, '<mac>');

/** 20.10 asks for the same information twice. */
const withoutRepetition = (lines: readonly string[]): readonly string[] =>
  lines.filter((line, index) => !(line.includes('EndpointOperInfo') && line === lines[index - 1]));

/** What any engine of the host asks of a plugin that it comes upon: not only the one of the scene, and at any time. */
const QUESTIONS = new Set([
  'Plugin.Activate',
  'NetworkDriver.GetCapabilities',
  'IpamDriver.GetCapabilities',
  'IpamDriver.GetDefaultAddressSpaces',
]);

const callLines = (calls: readonly PluginCall[]): readonly string[] =>
  withoutRepetition(
    calls
      .filter(({ method }) => !QUESTIONS.has(method))
      .map(({ method, body }) => `${method} ${maskIds(JSON.stringify(body, plain))}`),
  );

/** How the engine finds the plugin, and what that says that it is. */
export interface PluginKind {
  readonly discovery: 'socket' | 'spec' | 'json';
  readonly can: readonly ('NetworkDriver' | 'IpamDriver')[];
}

type Discovery = PluginKind['discovery'];

const DOCUMENTS = '/etc/docker/plugins';

const listen = async (
  plugin: NetworkPlugin,
  name: string,
  discovery: Discovery,
): Promise<() => Promise<void>> => {
  if (discovery === 'socket') {
    await plugin.listen(`/run/docker/plugins/${name}.sock`);
    return async () => plugin[Symbol.asyncDispose]();
  }
  const folder = await mkdtemp(join(tmpdir(), 'bt-plugin-'));
  const url = `unix://${join(folder, 'p.sock')}`;
  const file = join(DOCUMENTS, `${name}.${discovery}`);
  await plugin.listen(join(folder, 'p.sock'));
  await mkdir(DOCUMENTS, { recursive: true });
  await writeFile(file, discovery === 'spec' ? url : JSON.stringify({ Name: name, Addr: url }));
  return async () => {
    await plugin[Symbol.asyncDispose]();
    await rm(file, { force: true });
    await rm(folder, { recursive: true, force: true });
  };
};

/** What happened in a scene. */
export interface PlayedScene {
  readonly acts: readonly Act[];
  /** What the plugin was asked of itself, whenever and however often. */
  readonly questions: readonly string[];
}

/** Plays a scene with a plugin of its own, whose name the acts do not tell. */
export async function playPluginScene(
  { engine }: Lab,
  play: (scene: PluginScene) => Promise<void>,
  { discovery, can }: PluginKind,
): Promise<PlayedScene> {
  // Engines look for plugins at places of the host: the name must be nobody else's.
  const name = `bt-${engine.kind}-${process.pid}-${Date.now().toString(36)}`;
  const plugin = new NetworkPlugin(engine.netns);
  plugin.implements = can;
  const acts: Act[] = [];
  const questions = new Set<string>();
  const close = await listen(plugin, name, discovery);
  const mask = (text: string): string =>
    maskIds(text.replaceAll(name, '<plugin>').replaceAll(SETUP, ''))
      .replace(/\n\nRun 'docker.*/s, '')
      .trim();
  const docker: PluginScene['docker'] = async (line, ...rest) => {
    const args = [...line.replaceAll('PLUGIN', name).split(' '), ...rest];
    const { code, stdout, stderr } = await engine.docker(args, {
      env: { DOCKER_API_VERSION: COMMON_VERSION },
    });
    const asked = plugin.takeCalls();
    for (const { method } of asked) if (QUESTIONS.has(method)) questions.add(method);
    const calls = callLines(asked);
    acts.push({ did: mask(args.join(' ')), code, said: mask(code === 0 ? stdout : stderr), calls });
  };
  try {
    await play({ plugin, docker });
    return { acts, questions: [...questions].toSorted() };
  } finally {
    await close();
  }
}
