// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, lstatSync, openSync, type Stats } from 'node:fs';
import { posix } from 'node:path';
import { ENGINE_FILES } from '../../spec/engine-files.ts';
import type { IdMaps } from '../../spec/id-maps.ts';
import type { NewTarEntry } from '../../spec/tar/entry.ts';
import { encodeHeader, TAR_END } from '../../spec/tar/write.ts';
import { errnoOf } from '../../sys/errno.ts';
import { O_PATH } from '../../sys/openat2.ts';
import { isOpaque, isWhiteout } from '../../sys/overlay-marks.ts';
import { getXattr, listXattrs } from '../../sys/xattr.ts';
import { Blocks } from './blocks.ts';
import type { LayerPlan } from './container-files.ts';
import { unlessGone } from './file-error.ts';
import { mapOwner } from './map-owner.ts';
import { inside } from './open-file.ts';
import { entryOf, FirstNames, inBlocks, packFile, typeOf } from './pack.ts';
import { type WalkedFile, walkTree } from './walk.ts';

/** What a layer's tar calls a removed file: this and its name. Source: OCI image-spec, "Whiteouts". */
const WHITEOUT = '.wh.';
/** In a directory: nothing of the layers beneath shows in it. Source: as above. */
const OPAQUE = '.wh..wh..opq';

const look = (path: string): Stats | undefined => {
  try {
    return lstatSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
};

/** What the layers beneath have at `path`. */
const lookBeneath = (layers: readonly string[], path: string): Stats | undefined => {
  for (const layer of layers) {
    const found = look(layer + path);
    if (found) return isWhiteout(found) ? undefined : found;
  }
  return undefined;
};

const isSame = (one: Stats, other: Stats): boolean =>
  one.mode === other.mode && one.uid === other.uid && one.gid === other.gid;

/** Attributes that belong to a file's content: what file capabilities need, and what users set. */
const xattrsOf = (path: string): ReadonlyMap<string, Uint8Array> => {
  const kept = listXattrs(path).filter(
    (name) =>
      name === 'security.capability' || (name.startsWith('user.') && !name.startsWith('user.overlay.')),
  );
  return new Map(
    kept.flatMap((name) => {
      const value = getXattr(path, name);
      return value ? [[name, value] as const] : [];
    }),
  );
};

interface Pending {
  readonly path: string;
  readonly header: Uint8Array;
}

const attributesOf = ({ place }: WalkedFile): Pick<NewTarEntry, 'xattrs'> => {
  const xattrs = place && unlessGone(() => xattrsOf(inside(place.directory, place.base)));
  return xattrs ? { xattrs } : {};
};

class LayerPacker {
  readonly #layers: readonly string[];
  readonly #maps: IdMaps | undefined;
  readonly #first = new FirstNames();
  readonly #blocks = new Blocks();
  /** Directories that are told only when something in them is. */
  #pending: Pending[] = [];

  constructor({ lowerDirectories, idMaps }: LayerPlan) {
    this.#layers = lowerDirectories;
    this.#maps = idMaps;
  }

  async *entries(root: number): AsyncGenerator<Uint8Array> {
    for (const file of walkTree(root, { path: '/' })) yield* this.#entry(file);
    yield TAR_END;
  }

  async *#entry(file: WalkedFile): AsyncGenerator<Uint8Array> {
    const path = `/${file.name.replace(/\/$/, '')}`;
    if (this.#isQuiet(file, path)) {
      if (file.stats.isDirectory()) this.#defer(file, path);
      return;
    }
    yield* this.#told(path);
    if (isWhiteout(file.stats)) yield this.#header(whiteoutOf(file));
    else if (file.stats.isDirectory()) yield* this.#directory(file);
    else yield* this.#other(file);
  }

  #owned(entry: NewTarEntry): NewTarEntry {
    return this.#maps ? mapOwner(entry, this.#maps) : entry;
  }

  #header(entry: NewTarEntry): Uint8Array {
    return encodeHeader(this.#owned(entry));
  }

  /** True for what is the engine's own doing alone. */
  #isQuiet({ stats, place }: WalkedFile, path: string): boolean {
    if (!ENGINE_FILES.has(path) || isWhiteout(stats)) return false;
    const beneath = lookBeneath(this.#layers, path);
    if (!beneath) return true;
    if (!stats.isDirectory() || !beneath.isDirectory() || !isSame(stats, beneath)) return false;
    return !(place && isOpaque(inside(place.directory, place.base)));
  }

  #defer(file: WalkedFile, path: string): void {
    const entry = unlessGone(() => entryOf(file, 'directory'));
    if (entry) this.#pending = [...this.#above(path), { path, header: this.#header(entry) }];
  }

  /** Deferred directories that `path` lies in. */
  #above(path: string): Pending[] {
    return this.#pending.filter((each) => path.startsWith(`${each.path}/`));
  }

  /** The deferred headers that must come before something at `path`. */
  *#told(path: string): Generator<Uint8Array> {
    const above = this.#above(path);
    this.#pending = [];
    for (const { header } of above) yield header;
  }

  *#directory(file: WalkedFile): Generator<Uint8Array> {
    const { name, place } = file;
    const entry = unlessGone(() => entryOf(file, 'directory'));
    if (!entry) return;
    const at = place && inside(place.directory, place.base);
    yield this.#header({ ...entry, ...attributesOf(file) });
    if (at !== undefined && unlessGone(() => isOpaque(at)) === true)
      yield this.#header({ ...entry, name: `${name}${OPAQUE}`, type: 'file', size: 0, mode: 0o600 });
  }

  async *#other(file: WalkedFile): AsyncGenerator<Uint8Array> {
    const type = typeOf(file.stats);
    // A socket lives with the process that made it.
    if (type === undefined) return;
    const linkName = this.#first.of(file);
    if (linkName !== undefined) yield this.#header({ ...entryOf(file, 'hardlink'), linkName });
    else if (type === 'file')
      yield* packFile(file, this.#blocks, (entry) => this.#owned({ ...entry, ...attributesOf(file) }));
    else {
      const entry = unlessGone(() => entryOf(file, type));
      if (entry) yield this.#header(entry);
    }
  }
}

const whiteoutOf = ({ name, stats }: WalkedFile): NewTarEntry => ({
  name: posix.join(posix.dirname(name), WHITEOUT + posix.basename(name)),
  type: 'file',
  mode: 0,
  uid: stats.uid,
  gid: stats.gid,
});

/**
 * The layer that a container's own changes make, as a tar stream in the form of the OCI image-spec ("Image Layer
 * Filesystem Changeset"): what overlayfs has in its upper directory, without what the engine itself put there.
 */
export async function* packLayer(plan: LayerPlan): AsyncGenerator<Uint8Array> {
  const root = openSync(plan.upperDirectory, O_PATH | constants.O_DIRECTORY);
  try {
    yield* inBlocks(new LayerPacker(plan).entries(root));
  } finally {
    closeSync(root);
  }
}
