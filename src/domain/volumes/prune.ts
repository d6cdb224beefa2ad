// SPDX-License-Identifier: Apache-2.0
import type { Disk } from '../../adapters/disk/index.ts';
import { EngineError, isKind, messageOf } from '../../base/errors.ts';
import { type Filters, matchLabels, refuseUnknownFilters } from '../../spec/filters.ts';
import type { EventPublisher } from '../events/index.ts';
import { ANONYMOUS, isPlain, type VolumeCatalog } from './catalog.ts';
import { type DeleteVolumeDeps, deleteVolume } from './delete.ts';
import type { Volume, VolumePruneReport, VolumeUsage } from './volumes.ts';

export interface PruneVolumesDeps extends DeleteVolumeDeps {
  readonly disk: Pick<Disk, 'contentSize'>;
  readonly events: EventPublisher;
}

const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

/** Whether named volumes go, too. @throws invalid-argument in Docker's words */
const takesAll = ({ all = [] }: Filters): boolean => {
  const [text, ...more] = all;
  if (text === undefined) return false;
  const invalid = (what: string): EngineError =>
    new EngineError('invalid-argument', `invalid filter '${what}`);
  if (more.length > 0) throw invalid(`all=[${all.join(' ')}]': only one value is expected`);
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw invalid(`all': strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
};

const isWanted = (filters: Filters, all: boolean, catalog: VolumeCatalog) => (volume: Volume) => {
  const { labels, name } = volume;
  if (!isPlain(volume) || catalog.holders(name).length > 0) return false;
  if (!all && labels?.[ANONYMOUS] === undefined) return false;
  const unwanted = filters['label!'] ?? [];
  return matchLabels(filters['label'], labels) && !unwanted.some((label) => matchLabels([label], labels));
};

/** The bytes that it took; `undefined` when it was not removed. */
const removeOne = async (deps: PruneVolumesDeps, volume: Volume): Promise<number | undefined> => {
  try {
    const size = await deps.disk.contentSize(volume.mountpoint);
    await deleteVolume(deps, volume.name, { force: false });
    return size;
  } catch (error) {
    // Taken by a container or removed meanwhile: then it is no longer for us to remove.
    if (!isKind(error, 'conflict', 'not-found'))
      deps.log.warn('a volume was not pruned', { volume: volume.name, reason: messageOf(error) });
    return undefined;
  }
};

/** Removes local volumes without options that nobody has and that the filters let through; `all` as older clients mean it. @throws invalid-argument */
export const pruneVolumes = async (
  deps: PruneVolumesDeps,
  filters: Filters,
  { all }: { readonly all: boolean },
): Promise<VolumePruneReport> => {
  refuseUnknownFilters(filters, ['label', 'label!', 'all']);
  const takesNamed = takesAll(filters) || all;
  const deleted: string[] = [];
  let reclaimed = 0;
  for (const volume of deps.catalog.all().filter(isWanted(filters, takesNamed, deps.catalog))) {
    const size = await removeOne(deps, volume);
    if (size === undefined) continue;
    deleted.push(volume.name);
    reclaimed += size;
  }
  const attributes = { reclaimed: String(reclaimed) };
  deps.events.publish({ type: 'volume', action: 'prune', actor: '', attributes });
  return { deleted, reclaimed };
};

/** What local volumes without options take of the disk. */
export const volumeUsage = async ({
  catalog,
  disk,
}: Pick<PruneVolumesDeps, 'catalog' | 'disk'>): Promise<readonly VolumeUsage[]> => {
  const found: VolumeUsage[] = [];
  // One after the other: a walk through files keeps the disk busy enough.
  for (const volume of catalog.all().filter(isPlain))
    found.push({
      volume,
      size: await disk.contentSize(volume.mountpoint),
      references: catalog.holders(volume.name).length,
    });
  return found;
};
