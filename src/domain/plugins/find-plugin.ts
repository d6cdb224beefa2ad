// SPDX-License-Identifier: Apache-2.0
import type { PluginSockets } from '../../adapters/plugin-sockets/index.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import { seconds } from '../../base/time.ts';
import { KnownPlugins } from './known-plugins.ts';
import type { NamedPlugin, Plugin, PluginDirectory, PluginInterface, Plugins } from './plugins.ts';

export interface PluginsDeps {
  readonly sockets: PluginSockets;
}

/** How long a plugin may take to say what it can. */
const ACTIVATION = { patience: seconds(30), retry: true };

const activate = async (named: NamedPlugin, can: PluginInterface): Promise<Plugin | undefined> => {
  try {
    return await named.as(can, ACTIVATION);
  } catch (cause) {
    throw new EngineError('internal', `legacy plugin: ${messageOf(cause)}`, { cause });
  }
};

/** The plugins of this host; each is asked once what it can, whoever wants it. */
export const createPlugins = ({ sockets }: PluginsDeps): Plugins & PluginDirectory => {
  const known = new KnownPlugins(sockets);
  return {
    lookUp: async (name) => known.lookUp(name),
    list: async () => known.list(),
    find: async (name, can) => {
      const named = await known.lookUp(name);
      const plugin = named && (await activate(named, can));
      if (plugin || !named) return plugin;
      throw new EngineError('internal', 'legacy plugin: Plugin does not implement the requested driver');
    },
  };
};
