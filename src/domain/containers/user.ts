// SPDX-License-Identifier: Apache-2.0
import type { Rootfs } from '../images/index.ts';
import { parseAccounts, parseGroups } from './account-files.ts';
import { findUser } from './find-user.ts';
import { readLayeredFile } from './layered-file.ts';
import type { ResolvedUser } from './oci-spec/oci-spec.ts';

/** More accounts than any image has: a container must not make the daemon read for ever. */
const LONGEST_FILE = 8 * 1024 * 1024;

const layersOf = (rootfs: Rootfs): readonly string[] => {
  const layers = [rootfs.upperDirectory, ...rootfs.lowerDirectories].filter((path) => path !== undefined);
  // A snapshot without parents is no overlay but a plain directory.
  return layers.length > 0 ? layers : rootfs.mounts.slice(0, 1).map((mount) => mount.source);
};

const resolveIn = (user: string, groupAdd: readonly string[], layers: readonly string[]): ResolvedUser =>
  findUser(user, groupAdd, {
    accounts: parseAccounts(readLayeredFile(layers, '/etc/passwd', LONGEST_FILE) ?? ''),
    groups: parseGroups(readLayeredFile(layers, '/etc/group', LONGEST_FILE) ?? ''),
  });

/**
 * Resolves `user` by the passwd and group files of a root file system that need not be mounted.
 * @throws internal in Docker's words when there is no such user or group
 */
export const resolveUser = async (
  user: string,
  groupAdd: readonly string[],
  rootfs: Rootfs,
): Promise<ResolvedUser> => resolveIn(user, groupAdd, layersOf(rootfs));

/** The same for a container that runs: its own view of its files, mounts included. `pid` is any process in it. */
export const resolveUserOfProcess = async (
  user: string,
  groupAdd: readonly string[],
  pid: number,
): Promise<ResolvedUser> => resolveIn(user, groupAdd, [`/proc/${pid}/root`]);
