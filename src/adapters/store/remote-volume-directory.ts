// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from '../../base/json.ts';
import { errnoOf, fileFailure } from '../../sys/errno.ts';
import type { RemoteVolumeStore } from './volume-store.ts';

/** No local volume can have a name that begins with a dot. */
const FOLDER = '.remote';
const SUFFIX = '.json';

const parse = async (path: string): Promise<readonly unknown[]> => {
  try {
    return [JSON.parse(await readFile(path, 'utf8')) as unknown];
  } catch {
    return [];
  }
};

/** The real store, below `root` (`<data-root>/volumes`). */
export class RemoteVolumeDirectory implements RemoteVolumeStore {
  readonly #folder: string;

  constructor(root: string) {
    this.#folder = join(root, FOLDER);
  }

  /** A plugin's volume may have any name, of any length. */
  #pathOf(name: string): string {
    return join(this.#folder, `${createHash('sha256').update(name).digest('hex')}${SUFFIX}`);
  }

  async write(name: string, document: object): Promise<void> {
    const path = this.#pathOf(name);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(`${path}.tmp`, stringify(document), { mode: 0o600, flush: true });
      await rename(`${path}.tmp`, path);
    } catch (error) {
      throw fileFailure(error);
    }
  }

  async load(): Promise<readonly unknown[]> {
    try {
      const names = await readdir(this.#folder);
      const found: unknown[] = [];
      for (const name of names)
        if (name.endsWith(SUFFIX)) found.push(...(await parse(join(this.#folder, name))));
      return found;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw fileFailure(error);
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#pathOf(name), { force: true });
  }
}
