// SPDX-License-Identifier: Apache-2.0
import {
  access,
  chown,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { errnoOf, fileFailure } from '../../sys/errno.ts';
import { stringify } from '../../base/json.ts';
import type { Owner } from '../../spec/id-maps.ts';
import type { ContainerDocuments, ContainerStore, FoundContainer } from './container-store.ts';

const CONFIG = 'config.v2.json';
const HOST_CONFIG = 'hostconfig.json';
/** As dockerd makes them: the group may look for its log files, nobody else may. */
const DIRECTORY_MODE = 0o710;
const DOCUMENT_MODE = 0o600;
const FILE_MODE = 0o644;
/** Directories that are being made or removed have names that no container has. */
const UNFINISHED = '.';

/** @throws insufficient-storage or internal, always */
const refuse = (error: unknown): never => {
  throw fileFailure(error);
};

const fill = async (file: FileHandle, text: string, durable: boolean): Promise<void> => {
  try {
    await file.writeFile(text);
    if (durable) await file.datasync();
  } finally {
    await file.close();
  }
};

/** A new file beside the old one, then renamed over it. */
const replace = async (path: string, text: string, durable: boolean): Promise<void> => {
  const fresh = `${path}.tmp`;
  await fill(await open(fresh, 'w', DOCUMENT_MODE), text, durable);
  await rename(fresh, path);
};

const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
};

const exists = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const write = async (directory: string, documents: ContainerDocuments, durable: boolean): Promise<void> => {
  if (documents.hostConfig)
    await replace(join(directory, HOST_CONFIG), stringify(documents.hostConfig), durable);
  await replace(join(directory, CONFIG), stringify(documents.config), durable);
  if (durable) await syncDirectory(directory);
};

/** The real store, below `root` (`<data-root>/containers`). */
export class ContainerDirectory implements ContainerStore {
  readonly #root: string;
  readonly #owner: Owner | undefined;

  /** `owner` is who containers' root is on the host: its group may pass through, and what containers get is its own. */
  constructor(root: string, owner?: Owner) {
    this.#root = root;
    this.#owner = owner;
  }

  directory(id: string): string {
    return join(this.#root, id);
  }

  async save(
    id: string,
    documents: ContainerDocuments,
    { durable, complete }: Parameters<ContainerStore['save']>[2],
  ): Promise<void> {
    try {
      if (documents.hostConfig && !(await exists(this.directory(id))))
        await this.#make(id, documents, { durable, complete });
      else await write(this.directory(id), documents, durable);
    } catch (error) {
      refuse(error);
    }
  }

  /** A new directory appears with all that belongs into it, or not at all. */
  async #make(
    id: string,
    documents: ContainerDocuments,
    { durable, complete }: { readonly durable: boolean; readonly complete: Promise<unknown> | undefined },
  ): Promise<void> {
    const fresh = join(this.#root, `${UNFINISHED}${id}`);
    try {
      await mkdir(fresh, { recursive: true, mode: DIRECTORY_MODE });
      if (this.#owner) await chown(fresh, 0, this.#owner.gid);
      await write(fresh, documents, durable);
      await complete;
      await rename(fresh, this.directory(id));
      if (durable) await syncDirectory(this.#root);
    } catch (error) {
      await rm(fresh, { recursive: true, force: true });
      throw error;
    }
  }

  async writeFile(id: string, name: string, text: string): Promise<void> {
    try {
      const path = join(this.directory(id), name);
      await writeFile(path, text, { mode: FILE_MODE });
      if (this.#owner) await chown(path, this.#owner.uid, this.#owner.gid);
    } catch (error) {
      refuse(error);
    }
  }

  async readFile(id: string, name: string): Promise<string> {
    try {
      return await readFile(join(this.directory(id), name), 'utf8');
    } catch (error) {
      return refuse(error);
    }
  }

  async load(): Promise<readonly FoundContainer[]> {
    await mkdir(this.#root, { recursive: true, mode: DIRECTORY_MODE });
    const entries = await readdir(this.#root, { withFileTypes: true });
    const found: FoundContainer[] = [];
    // In turn: thousands of open files at once would meet the limit, and the cache makes each read short.
    for (const entry of entries) {
      if (entry.name.startsWith(UNFINISHED)) await this.#erase(entry.name);
      else if (entry.isDirectory()) found.push(await this.#read(entry.name));
    }
    return found;
  }

  async remove(id: string): Promise<void> {
    const trash = `${UNFINISHED}${id}.removed`;
    try {
      // Whole, then gone: half a directory would look like a corrupt container.
      await rename(this.directory(id), join(this.#root, trash));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return;
      refuse(error);
    }
    await this.#erase(trash);
  }

  async #erase(name: string): Promise<void> {
    await rm(join(this.#root, name), { recursive: true, force: true });
  }

  async #read(id: string): Promise<FoundContainer> {
    const directory = this.directory(id);
    try {
      const [config, hostConfig] = await Promise.all(
        [CONFIG, HOST_CONFIG].map(async (name) => readFile(join(directory, name), 'utf8')),
      );
      return {
        id,
        config: JSON.parse(config ?? '') as unknown,
        hostConfig: JSON.parse(hostConfig ?? '') as unknown,
      };
    } catch (error) {
      return { id, broken: messageOf(error) };
    }
  }
}
