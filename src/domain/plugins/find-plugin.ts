// SPDX-License-Identifier: Apache-2.0
import type { PluginAddress, PluginSockets } from '../../adapters/plugin-sockets/index.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import { decodeDocument, slice, string, struct } from '../../base/go-json.ts';
import { seconds } from '../../base/time.ts';
import type { Plugin, PluginInterface, Plugins } from './plugins.ts';

export interface PluginsDeps {
  readonly sockets: Pick<PluginSockets, 'find' | 'call'>;
}

/** A plugin, and what it said that it can. */
interface KnownPlugin {
  readonly plugin: Plugin;
  readonly can: readonly string[];
}

const manifest = struct('Manifest', { implements: slice(string) });
/** How long a plugin may take to say what it can. */
const ACTIVATION = { patience: seconds(30), retry: true };

/** Finds plugins by name; each is asked once what it can, and again when it has moved or did not answer. */
export const createPlugins = ({ sockets }: PluginsDeps): Plugins => {
  const known = new Map<string, Promise<KnownPlugin>>();
  const activate = async (address: PluginAddress): Promise<KnownPlugin> => {
    const answer = await sockets.call(address, 'Plugin.Activate', {}, ACTIVATION);
    const call: Plugin['call'] = async (method, body, options) =>
      sockets.call(address, method, body, options);
    return {
      plugin: { name: address.name, call },
      can: decodeDocument(manifest, answer).implements ?? [],
    };
  };
  const know = async (address: PluginAddress): Promise<KnownPlugin> => {
    const key = `${address.name} ${address.url}`;
    const asked = known.get(key) ?? activate(address);
    known.set(key, asked);
    try {
      return await asked;
    } catch (cause) {
      known.delete(key);
      throw new EngineError('internal', `legacy plugin: ${messageOf(cause)}`, { cause });
    }
  };
  const find = async (name: string, wanted: PluginInterface): Promise<Plugin | undefined> => {
    const address = await sockets.find(name);
    if (!address) return undefined;
    const { plugin, can } = await know(address);
    if (can.includes(wanted)) return plugin;
    throw new EngineError('internal', 'legacy plugin: Plugin does not implement the requested driver');
  };
  return { find };
};
