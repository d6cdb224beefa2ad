// SPDX-License-Identifier: Apache-2.0
import type { ContainerFiles } from '../../adapters/container-files/index.ts';
import { Disposer } from '../../base/disposal.ts';
import type { IdMaps } from '../../spec/id-maps.ts';
import { saying } from './create.ts';
import { readVolume } from './read-volume.ts';
import type { UseVolumeDeps } from './use.ts';
import type { VolumeArchive } from './volumes.ts';

export interface ExportVolumeDeps extends UseVolumeDeps {
  readonly files: Pick<ContainerFiles, 'openDirectory'>;
  readonly idMaps?: IdMaps;
}

/** Owners in an archive are those that containers see. */
export const TOP = { path: '/', name: '.', mapped: true, exact: true } as const;

/** A volume's files as a tar stream, the volume's own directory first (`./`). @throws not-found; internal when it can't be mounted */
export const exportVolume = async (deps: ExportVolumeDeps, name: string): Promise<VolumeArchive> =>
  saying(`export ${name}`, async () => {
    await using held = new Disposer();
    const { volume, path } = await readVolume(deps, name, held);
    const view = held.use(deps.files.openDirectory(path, deps.idMaps));
    deps.catalog.publish('export', volume);
    const kept = held.move();
    return {
      content: view.pack(TOP),
      [Symbol.asyncDispose]: async () => kept[Symbol.asyncDispose](),
    };
  });
