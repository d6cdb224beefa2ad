// SPDX-License-Identifier: Apache-2.0
import { EngineError, isKind, messageOf } from '../../base/errors.ts';
import { decodeDocument, omitEmpty, raw, slice, string, struct, type Infer } from '../../base/go-json.ts';
import { parseRfc3339, seconds } from '../../base/time.ts';
import type { Plugin } from '../plugins/index.ts';
import type { DriverVolume, VolumeDriver } from './driver.ts';

/** What makes, mounts and removes may take; questions are answered sooner. */
const LONG = { patience: seconds(120), retry: true };
const SHORT = { patience: seconds(60), retry: true };
/** A list of all plugins must not wait for one of them. */
export const IN_A_LIST = { patience: seconds(5), retry: false };

const volumeShape = struct('Volume', {
  name: string,
  mountpoint: string,
  createdAt: string,
  status: omitEmpty(raw),
});

const answer = struct('Response', {
  mountpoint: string,
  err: string,
  volume: volumeShape,
  volumes: slice(volumeShape),
  capabilities: struct('Capability', { scope: string }),
});

type Answer = Infer<typeof answer>;

/** A refusal that the plugin itself has worded. */
class PluginRefusal extends EngineError {
  constructor(text: string) {
    super('internal', text);
  }
}

const readVolume = ({ name, mountpoint, createdAt, status }: Infer<typeof volumeShape>): DriverVolume => {
  const created = parseRfc3339(createdAt);
  const isRecord = typeof status === 'object' && status !== null && !Array.isArray(status);
  return {
    name,
    mountpoint,
    ...(created !== undefined && { created }),
    ...(isRecord && { status: status as Record<string, unknown> }),
  };
};

/** What a plugin answers is no fault of the client. @throws internal */
const readAnswer = (json: unknown): Answer => {
  try {
    return decodeDocument(answer, json);
  } catch (cause) {
    throw new EngineError('internal', messageOf(cause), { cause });
  }
};

const ask = async (plugin: Plugin, method: string, body: object, options: typeof LONG): Promise<Answer> => {
  const read = readAnswer(await plugin.call(`VolumeDriver.${method}`, body, options));
  if (read.err !== '') throw new PluginRefusal(read.err);
  return read;
};

/** Local, unless the plugin says that its volumes are the same on all hosts; old ones know no capabilities. */
const scopeOf = async (plugin: Plugin, options: typeof LONG): Promise<VolumeDriver['scope']> => {
  try {
    const { capabilities } = await ask(plugin, 'Capabilities', {}, options);
    return capabilities.scope.toLowerCase() === 'global' ? 'global' : 'local';
  } catch (error) {
    if (isKind(error, 'unavailable')) throw error;
    return 'local';
  }
};

/** A plugin as a driver. Source: VolumeDriver protocol, networks-volumes-plugins.md §8.1. @throws unavailable when it can't be asked */
export const createRemoteDriver = async (
  plugin: Plugin,
  options: typeof LONG = SHORT,
): Promise<VolumeDriver> => ({
  name: plugin.name,
  scope: await scopeOf(plugin, options),
  create: async (name, opts) => void (await ask(plugin, 'Create', { Name: name, Opts: opts }, LONG)),
  remove: async ({ name }) => void (await ask(plugin, 'Remove', { Name: name }, LONG)),
  mount: async ({ name }, { user }) => {
    const { mountpoint } = await ask(plugin, 'Mount', { Name: name, ID: user }, LONG);
    if (mountpoint.startsWith('/')) return mountpoint;
    throw new EngineError(
      'internal',
      `VolumeDriver.Mount: the plugin named no path: ${JSON.stringify(mountpoint)}`,
    );
  },
  unmount: async ({ name }, { user }) => void (await ask(plugin, 'Unmount', { Name: name, ID: user }, LONG)),
  find: async (name) => {
    try {
      const { volume } = await ask(plugin, 'Get', { Name: name }, SHORT);
      return volume.name === '' ? undefined : readVolume(volume);
    } catch (error) {
      // Whatever a plugin says against it: it does not have the volume.
      if (isKind(error, 'unavailable')) throw error;
      return undefined;
    }
  },
  list: async () => ((await ask(plugin, 'List', {}, IN_A_LIST)).volumes ?? []).map(readVolume),
});
