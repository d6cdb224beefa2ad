// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';

/** One run of ids (user_namespaces(7), "uid_map"): the same numbers as the OCI runtime takes. */
export interface IdRange {
  readonly containerId: number;
  readonly hostId: number;
  readonly size: number;
}

/** How the ids of a user namespace lie on the host's. */
export interface IdMaps {
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
}

/** Who owns a file. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const shift = (
  ranges: readonly IdRange[],
  id: number,
  from: 'containerId' | 'hostId',
): number | undefined => {
  const to = from === 'containerId' ? 'hostId' : 'containerId';
  const range = ranges.find((each) => id >= each[from] && id < each[from] + each.size);
  return range && range[to] + (id - range[from]);
};

const unmapped = (text: string): EngineError => new EngineError('internal', text);

/** @throws internal `Container ID 70000 cannot be mapped to a host ID` */
export const toHostId = (ranges: readonly IdRange[], id: number): number => {
  const found = shift(ranges, id, 'containerId');
  if (found === undefined) throw unmapped(`Container ID ${id} cannot be mapped to a host ID`);
  return found;
};

/** @throws internal `Host ID 5 cannot be mapped to a container ID` */
const toContainerId = (ranges: readonly IdRange[], id: number): number => {
  const found = shift(ranges, id, 'hostId');
  if (found === undefined) throw unmapped(`Host ID ${id} cannot be mapped to a container ID`);
  return found;
};

/** The host's ids of a container's. @throws internal for ids that the maps do not hold */
export const toHostOwner = ({ uids, gids }: IdMaps, { uid, gid }: Owner): Owner => ({
  uid: toHostId(uids, uid),
  gid: toHostId(gids, gid),
});

/** The container's ids of the host's. @throws internal for ids that the maps do not hold */
export const toContainerOwner = ({ uids, gids }: IdMaps, { uid, gid }: Owner): Owner => ({
  uid: toContainerId(uids, uid),
  gid: toContainerId(gids, gid),
});

/** Who the container's root is on the host. */
export const rootOwner = (maps: IdMaps): Owner => toHostOwner(maps, { uid: 0, gid: 0 });
