// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import {
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EngineError, isKind, messageOf } from '../../base/errors.ts';
import { stringify } from '../../base/json.ts';
import type { Log } from '../../base/log.ts';
import { errnoOf, fileFailure } from '../../sys/errno.ts';
import { errnoText } from '../../sys/errno-text.ts';
import { exchangeNames } from '../../sys/exchange.ts';
import type { Owner } from '../../spec/id-maps.ts';
import type { StagedVolume, StoredVolume, VolumeStore } from './volume-store.ts';

const DATA = '_data';
const DOCUMENT = 'opts.json';
/** Volumes on their way out lie under names that no volume can have. */
const TRASH = '.removed-';

/** Volumes that are being filled. */
const STAGED = '.staged-';
/** Beside data: a copy that was to become them when a crash came. */
const FILLING = `${DATA}.filling`;

const isLeft = (name: string): boolean => name.startsWith(TRASH) || name.startsWith(STAGED);

const isMissing = (error: unknown): boolean => errnoOf(error) === 'ENOENT';

const refuse = (error: unknown): never => {
  throw fileFailure(error);
};

/** The text of a volume's document; empty when there is none. */
const readDocument = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
};

/** Node takes a file that must not be removed for a directory, and tells of that instead. */
const reasonOf = async (error: unknown): Promise<unknown> => {
  const path = error instanceof Error && 'path' in error ? error.path : undefined;
  if (errnoOf(error) !== 'ENOTDIR' || typeof path !== 'string') return error;
  return unlink(path).then(
    () => error,
    (reason: unknown) => reason,
  );
};

const isThere = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    const why = `mkdir ${path}: ${errnoText(errnoOf(cause)) ?? messageOf(cause)}`;
    throw new EngineError('internal', `error while creating volume root path '${path}': ${why}`, { cause });
  }
};

/** @throws conflict when something stands at `path`; internal for a name that no directory can have */
const refuseTaken = (path: string): void => {
  if (isThere(path)) throw new EngineError('conflict', `${path} is taken`);
};

/** The real store, below `root` (`<data-root>/volumes`). */
export class VolumeDirectory implements VolumeStore {
  readonly #root: string;
  readonly #log: Log;
  readonly #owner: Owner | undefined;

  /** `owner` is whose the volumes' data are: containers' root on the host. The host's root without. */
  constructor(root: string, log: Log, owner?: Owner) {
    this.#root = root;
    this.#log = log;
    this.#owner = owner;
  }

  mountpoint(name: string): string {
    return join(this.#root, name, DATA);
  }

  async create(name: string, document: object, options: { readonly durable: boolean }): Promise<void> {
    await using staged = await this.stage();
    try {
      await staged.keep(name, document, options);
    } catch (error) {
      if (!isKind(error, 'conflict')) throw error;
      // A directory without a document: what lies in it was somebody's once, and stays.
      this.#makeData(name);
      await this.write(name, document);
    }
  }

  /** At once: these few calls take less than one turn of the thread pool. */
  #makeData(name: string): void {
    const data = join(this.#root, name, DATA);
    mkdirSync(data, { recursive: true, mode: 0o701 });
    chmodSync(data, 0o755);
    if (this.#owner) chownSync(data, this.#owner.uid, this.#owner.gid);
  }

  async write(name: string, document: object): Promise<void> {
    const path = join(this.#root, name, DOCUMENT);
    try {
      await writeFile(`${path}.tmp`, stringify(document), { mode: 0o600, flush: true });
      await rename(`${path}.tmp`, path);
    } catch (error) {
      refuse(error);
    }
  }

  async stage(): Promise<StagedVolume> {
    const name = `${STAGED}${randomUUID()}`;
    const directory = join(this.#root, name, DATA);
    try {
      this.#makeData(name);
    } catch (error) {
      await this.#eraseLeft(name);
      refuse(error);
    }
    let isKept = false;
    return {
      directory,
      keep: async (kept, document, { durable: flush }) => {
        const path = join(this.#root, name);
        refuseTaken(join(this.#root, kept));
        try {
          const file = join(path, DOCUMENT);
          if (flush) await writeFile(file, stringify(document), { mode: 0o600, flush });
          else writeFileSync(file, stringify(document), { mode: 0o600 });
          renameSync(path, join(this.#root, kept));
        } catch (error) {
          refuse(error);
        }
        isKept = true;
      },
      replace: async (old) => {
        exchangeNames(directory, this.mountpoint(old));
        return Promise.resolve();
      },
      [Symbol.asyncDispose]: async () => {
        if (!isKept) await this.#eraseLeft(name);
      },
    };
  }

  async rename(name: string, newName: string): Promise<void> {
    const [from, to] = [join(this.#root, name), join(this.#root, newName)];
    refuseTaken(to);
    // A link to itself leads nowhere, until it stands under the old name.
    await symlink(newName, to).catch(refuse);
    try {
      exchangeNames(from, to);
    } catch (error) {
      await unlink(to);
      throw error;
    }
  }

  async formerNames(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const entry of await readdir(this.#root, { withFileTypes: true })) {
      if (!entry.isSymbolicLink()) continue;
      const newName = await readlink(join(this.#root, entry.name));
      // A rename that was cut short before it happened.
      if (newName === entry.name) await this.forget(entry.name);
      else if (!newName.includes('/')) found.set(entry.name, newName);
    }
    return found;
  }

  async forget(formerName: string): Promise<void> {
    await unlink(join(this.#root, formerName)).catch((error: unknown) => {
      if (!isMissing(error)) refuse(error);
    });
  }

  async load(): Promise<readonly StoredVolume[]> {
    await mkdir(this.#root, { recursive: true, mode: 0o701 });
    const found: StoredVolume[] = [];
    for (const entry of await readdir(this.#root, { withFileTypes: true })) {
      if (isLeft(entry.name)) await this.#eraseLeft(entry.name);
      else if (entry.isDirectory()) found.push(...(await this.#read(entry.name)));
    }
    return found;
  }

  /** @throws internal for data that somebody keeps elsewhere, by a link: they are not ours to remove */
  #refuseOutside(name: string): void {
    try {
      const [root, data] = [realpathSync(this.#root), realpathSync(this.mountpoint(name))];
      if (data.startsWith(`${root}/`)) return;
      const text = `unable to remove a directory outside of the local volume root ${dirname(this.#root)}: ${data}`;
      throw new EngineError('internal', text);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  async remove(name: string): Promise<void> {
    this.#refuseOutside(name);
    const trash = `${TRASH}${randomUUID()}`;
    const [place, away] = [join(this.#root, name), join(this.#root, trash)];
    try {
      await rename(place, away);
    } catch (error) {
      if (isMissing(error)) return;
      refuse(error);
    }
    try {
      await this.#erase(trash);
    } catch (cause) {
      // What could not go stays where it was.
      await rename(away, place).catch(refuse);
      const why = messageOf(cause).replaceAll(away, place);
      throw new EngineError('internal', `error removing volume path '${this.mountpoint(name)}': ${why}`, {
        cause,
      });
    }
  }

  /** @throws internal for what can't be removed, named as the kernel has it */
  async #erase(directory: string): Promise<void> {
    if (this.#eraseEmpty(directory)) return;
    const path = join(this.#root, directory);
    try {
      // The document goes last: what of the data can't be removed is still a volume's.
      await rm(join(path, DATA), { recursive: true, force: true });
      await rm(path, { recursive: true, force: true });
    } catch (error) {
      throw fileFailure(await reasonOf(error));
    }
  }

  /** What a crash, or a removal that failed, has left: nobody waits for it to be gone. */
  async #eraseLeft(name: string): Promise<void> {
    try {
      await this.#erase(name);
    } catch (error) {
      const path = join(this.#root, name);
      this.#log.warn('what is left of a volume could not be removed', { path, reason: messageOf(error) });
    }
  }

  /** At once, if there are no files. */
  #eraseEmpty(directory: string): boolean {
    const path = join(this.#root, directory);
    try {
      rmdirSync(join(path, DATA));
      unlinkSync(join(path, DOCUMENT));
      rmdirSync(path);
      return true;
    } catch {
      return false;
    }
  }

  async #read(name: string): Promise<readonly StoredVolume[]> {
    const path = join(this.#root, name, DOCUMENT);
    try {
      await this.#eraseLeft(join(name, FILLING));
      const text = await readDocument(path);
      const document = (text === '' ? {} : JSON.parse(text)) as object;
      if ('Created' in document) return [{ name, document }];
      // None of ours, or one that a power failure came before: it would have said nothing that must not be lost.
      const { mtime } = await stat(join(this.#root, name, DATA));
      return [{ name, document: { ...document, Created: mtime.toISOString() } }];
    } catch (error) {
      // Something else than a volume has no data.
      if (!isMissing(error))
        this.#log.warn('a volume could not be read and is left alone', {
          volume: name,
          reason: messageOf(error),
        });
      return [];
    }
  }
}
