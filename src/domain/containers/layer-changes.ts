// SPDX-License-Identifier: Apache-2.0
import { type BigIntStats, closeSync, constants, lstatSync, openSync, readdirSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { ENGINE_FILES } from '../../spec/engine-files.ts';
import { errnoOf } from '../../sys/errno.ts';
import { O_PATH } from '../../sys/openat2.ts';
import { isOpaque, isWhiteout } from '../../sys/overlay-marks.ts';
import type { PathChange } from './containers.ts';

/** Files looked at before others get their turn. */
const TURN_AFTER = 500;

/** What the layers beneath show at a path: a file, or a directory and where its parts lie, topmost first. */
interface Beneath {
  readonly stats: BigIntStats;
  readonly directories: readonly string[];
}

const look = (path: string): BigIntStats | undefined => {
  try {
    return lstatSync(path, { bigint: true });
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
};

const lookBeneath = (layers: readonly string[], name: string): Beneath | undefined => {
  let top: BigIntStats | undefined;
  const directories: string[] = [];
  for (const layer of layers) {
    const path = `${layer}/${name}`;
    const stats = look(path);
    if (!stats) continue;
    if (isWhiteout(stats)) break;
    if (!stats.isDirectory()) return top ? { stats: top, directories } : { stats, directories: [] };
    top ??= stats;
    directories.push(path);
    if (isOpaque(path)) break;
  }
  return top && { stats: top, directories };
};

const namesBeneath = (layers: readonly string[]): readonly string[] =>
  layers.flatMap((layer) => readdirSync(layer)).filter((name) => lookBeneath(layers, name) !== undefined);

/** Two times are the same when one of them knows no fractions: an archive's does not. */
const isSameTime = (a: bigint, b: bigint): boolean => {
  const second = 1_000_000_000n;
  return a === b || (a / second === b / second && (a % second === 0n || b % second === 0n));
};

const differs = (now: BigIntStats, before: BigIntStats): boolean => {
  if (now.mode !== before.mode || now.uid !== before.uid || now.gid !== before.gid) return true;
  if (now.rdev !== before.rdev) return true;
  return !now.isDirectory() && (now.size !== before.size || !isSameTime(now.mtimeNs, before.mtimeNs));
};

class Comparison {
  #looked = 0;

  /** What changed below `path`. `directory` is the open directory of the upper layer there. */
  async below(
    directory: number,
    layers: readonly string[],
    path: string,
    opaque: boolean,
  ): Promise<PathChange[]> {
    const here = readdirSync(`/proc/self/fd/${directory}`);
    const names = new Set(opaque ? [...here, ...namesBeneath(layers)] : here);
    const changes: PathChange[] = [];
    for (const name of [...names].toSorted()) {
      this.#looked += 1;
      if (this.#looked % TURN_AFTER === 0) await turn();
      changes.push(...(await this.#at(directory, layers, name, `${path}/${name}`)));
    }
    return changes;
  }

  async #at(directory: number, layers: readonly string[], name: string, path: string): Promise<PathChange[]> {
    const place = `/proc/self/fd/${directory}/${name}`;
    const now = look(place);
    const before = lookBeneath(layers, name);
    if (!now || isWhiteout(now)) return before ? [{ path, kind: 'deleted' }] : [];
    const inner = now.isDirectory() ? await this.#in(place, before?.directories ?? [], path) : [];
    if (!before) return ENGINE_FILES.has(path) ? inner : [{ path, kind: 'added' }, ...inner];
    if (inner.length === 0 && !differs(now, before.stats)) return [];
    return [{ path, kind: 'modified' }, ...inner];
  }

  async #in(place: string, layers: readonly string[], path: string): Promise<PathChange[]> {
    // A running container may put a link in the directory's place: it is not followed.
    const opened = openSync(place, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      return await this.below(opened, layers, path, isOpaque(place));
    } finally {
      closeSync(opened);
    }
  }
}

/**
 * What the directory `upper` changes of `layers` (topmost first), as overlayfs puts them together: directories before
 * what is in them, names in order. A directory counts as modified when something in it or its own mode or owner changed.
 */
export const findLayerChanges = async (
  upper: string,
  layers: readonly string[],
): Promise<readonly PathChange[]> => {
  const opened = openSync(upper, O_PATH | constants.O_DIRECTORY);
  try {
    return await new Comparison().below(opened, layers, '', false);
  } finally {
    closeSync(opened);
  }
};
