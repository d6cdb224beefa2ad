// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, fileFailure } from '../../sys/errno.ts';
import { stringify } from '../../base/json.ts';
import type { Owner } from '../../spec/id-maps.ts';
import type { StoredVolume, VolumeStore } from './volume-store.ts';

const DATA = '_data';
const DOCUMENT = 'opts.json';
/** Volumes on their way out lie under names that no volume can have. */
const TRASH = '.removed-';

const isMissing = (error: unknown): boolean => errnoOf(error) === 'ENOENT';

const refuse = (error: unknown): never => {
  throw fileFailure(error);
};

/** The real store, below `root` (`<data-root>/volumes`). */
export class VolumeDirectory implements VolumeStore {
  readonly #root: string;
  readonly #owner: Owner | undefined;

  /** `owner` is whose the volumes' data are: containers' root on the host. The host's root without. */
  constructor(root: string, owner?: Owner) {
    this.#root = root;
    this.#owner = owner;
  }

  mountpoint(name: string): string {
    return join(this.#root, name, DATA);
  }

  async create(name: string, document: object): Promise<void> {
    try {
      await mkdir(this.mountpoint(name), { recursive: true, mode: 0o701 });
      await chmod(this.mountpoint(name), 0o755);
      if (this.#owner) await chown(this.mountpoint(name), this.#owner.uid, this.#owner.gid);
    } catch (error) {
      refuse(error);
    }
    await this.write(name, document);
  }

  async write(name: string, document: object): Promise<void> {
    const path = join(this.#root, name, DOCUMENT);
    try {
      await writeFile(`${path}.tmp`, stringify(document), { mode: 0o600 });
      await rename(`${path}.tmp`, path);
    } catch (error) {
      refuse(error);
    }
  }

  async load(): Promise<readonly StoredVolume[]> {
    await mkdir(this.#root, { recursive: true, mode: 0o701 });
    const found: StoredVolume[] = [];
    for (const entry of await readdir(this.#root, { withFileTypes: true })) {
      if (entry.name.startsWith(TRASH)) await this.#erase(entry.name);
      else if (entry.isDirectory()) found.push(...(await this.#read(entry.name)));
    }
    return found;
  }

  async remove(name: string): Promise<void> {
    const trash = `${TRASH}${randomUUID()}`;
    try {
      await rename(join(this.#root, name), join(this.#root, trash));
    } catch (error) {
      if (isMissing(error)) return;
      refuse(error);
    }
    await this.#erase(trash);
  }

  async #erase(directory: string): Promise<void> {
    await rm(join(this.#root, directory), { recursive: true, force: true });
  }

  async #read(name: string): Promise<readonly StoredVolume[]> {
    try {
      const text = await readFile(join(this.#root, name, DOCUMENT), 'utf8');
      return [{ name, document: JSON.parse(text) as unknown }];
    } catch {
      return [];
    }
  }
}
