// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import type { PluginAddress, PluginSockets } from '../../adapters/plugin-sockets/index.ts';
import { isKind } from '../../base/errors.ts';
import { decodeDocument, slice, string, struct } from '../../base/go-json.ts';
import type { NamedPlugin, Plugin, PluginCall, PluginDirectory } from './plugins.ts';

/** A plugin, where it was, and what it said that it can. */
interface KnownPlugin {
  readonly address: PluginAddress;
  readonly plugin: Plugin;
  readonly can: readonly string[];
}

const manifest = struct('Manifest', { implements: slice(string) });

/** Plugins as they are found: each is asked once what it can, by all rooms together. */
export class KnownPlugins implements PluginDirectory {
  readonly #sockets: PluginSockets;
  readonly #known = new Map<string, KnownPlugin>();
  /** Questions without an answer yet. Who does not wait for one that is starting does not wait for who does. */
  readonly #asked = new Map<string, Promise<KnownPlugin>>();

  constructor(sockets: PluginSockets) {
    this.#sockets = sockets;
  }

  async lookUp(name: string): Promise<NamedPlugin | undefined> {
    const address = await this.#sockets.find(name);
    if (address) return this.#named(address);
    this.#known.delete(name);
    return undefined;
  }

  async list(): Promise<readonly NamedPlugin[]> {
    const addresses = await this.#sockets.list();
    return addresses.map((address) => this.#named(address));
  }

  #named(address: PluginAddress): NamedPlugin {
    return {
      name: address.name,
      as: async (can, options) => {
        const known = await this.#know(address, options);
        return known.can.includes(can) ? known.plugin : undefined;
      },
    };
  }

  async #know(address: PluginAddress, options: PluginCall): Promise<KnownPlugin> {
    const known = this.#known.get(address.name);
    if (known && isDeepStrictEqual(known.address, address)) return known;
    const question = `${address.name} ${address.url} ${options.retry}`;
    const ongoing = this.#asked.get(question);
    if (ongoing) return ongoing;
    const asked = this.#activate(address, options).finally(() => this.#asked.delete(question));
    this.#asked.set(question, asked);
    return asked;
  }

  async #activate(address: PluginAddress, options: PluginCall): Promise<KnownPlugin> {
    const answer = await this.#sockets.call(address, 'Plugin.Activate', {}, options);
    const known = this.#known.get(address.name);
    // Somebody else's question was answered sooner.
    if (known && isDeepStrictEqual(known.address, address)) return known;
    const made = {
      address,
      plugin: this.#plugin(address),
      can: decodeDocument(manifest, answer).implements ?? [],
    };
    this.#known.set(address.name, made);
    return made;
  }

  #plugin(address: PluginAddress): Plugin {
    const plugin: Plugin = {
      name: address.name,
      call: async (method, body, options) => {
        try {
          return await this.#sockets.call(address, method, body, options);
        } catch (error) {
          // When it is back it may be another one.
          if (isKind(error, 'unavailable') && this.#known.get(address.name)?.plugin === plugin)
            this.#known.delete(address.name);
          throw error;
        }
      },
    };
    return plugin;
  }
}
