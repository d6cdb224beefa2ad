// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EngineError, messageOf } from '../../base/errors.ts';
import { bool, decodeDocument, string, struct } from '../../base/go-json.ts';
import type { PluginAddress } from './plugin-sockets.ts';

/** Where plugins are looked for. */
export interface PluginPlaces {
  /** `/run/docker/plugins`: their sockets. */
  readonly sockets: string;
  /** `/etc/docker/plugins`, `/usr/lib/docker/plugins`: documents that say where they listen. */
  readonly documents: readonly string[];
}

const tlsDocument = struct('Config', {
  insecureSkipVerify: bool,
  caFile: string,
  certFile: string,
  keyFile: string,
});
const document = struct('Plugin', { name: string, addr: string, tlsConfig: tlsDocument });

const isSocket = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isSocket(),
    () => false,
  );

const textOf = async (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch(() => undefined);

const fromJson = (name: string, path: string, text: string): PluginAddress => {
  try {
    const json: unknown = JSON.parse(text);
    const read = decodeDocument(document, json);
    const { tlsConfig } = read;
    const hasTls = typeof json === 'object' && json !== null && /"tlsconfig"/i.test(text);
    return { name: read.name || name, url: read.addr, ...(hasTls && { tls: tlsConfig }) };
  } catch (cause) {
    throw new EngineError('internal', `${path} does not describe a plugin: ${messageOf(cause)}`, { cause });
  }
};

/** A plugin's documents in one directory: beside each other, or in a folder of its name. */
const findDocument = async (directory: string, name: string): Promise<PluginAddress | undefined> => {
  for (const folder of [directory, join(directory, name)]) {
    const spec = await textOf(join(folder, `${name}.spec`));
    if (spec !== undefined) return { name, url: spec.trim() };
    const path = join(folder, `${name}.json`);
    const json = await textOf(path);
    if (json !== undefined) return fromJson(name, path, json);
  }
  return undefined;
};

/** A name is a part of a path here, and must not lead out of it. */
const isName = (name: string): boolean => name !== '' && !name.startsWith('.') && !/[/\0]/.test(name);

/** Sockets come first, then documents in the order of their directories. @throws internal for a document that can't be read */
export const findPlugin = async (places: PluginPlaces, name: string): Promise<PluginAddress | undefined> => {
  if (!isName(name)) return undefined;
  for (const path of [join(places.sockets, `${name}.sock`), join(places.sockets, name, `${name}.sock`)])
    if (await isSocket(path)) return { name, url: `unix://${path}` };
  for (const directory of places.documents) {
    const found = await findDocument(directory, name);
    if (found) return found;
  }
  return undefined;
};

/** Names that files and folders of the places suggest. */
export const pluginNames = async ({ sockets, documents }: PluginPlaces): Promise<readonly string[]> => {
  const lists = await Promise.all(
    [sockets, ...documents].map(async (directory) => readdir(directory).catch(() => [])),
  );
  const names = lists.flat().map((file) => basename(file).replace(/\.(sock|spec|json)$/, ''));
  return [...new Set(names)].filter(isName).toSorted();
};
