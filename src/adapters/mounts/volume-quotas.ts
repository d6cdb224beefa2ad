// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errnoOf } from '../../sys/errno.ts';
import { askLimit, limitProject, projectOf, setProject } from '../../sys/project-quota.ts';

/** Limits of what directories may hold. */
export interface VolumeQuotas {
  /** Whether the file system of `directory` counts by project: XFS or ext4, mounted with `prjquota`. */
  isSupported(directory: string): boolean;
  /** Limits a volume's directory `<root>/<name>/_data` to `bytes`. @throws by errno */
  limit(directory: string, bytes: number): void;
}

const withDirectory = <Value>(path: string, work: (file: number) => Value): Value => {
  const file = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
};

const isSupported = (directory: string): boolean => {
  try {
    withDirectory(directory, (file) => askLimit(file, projectOf(file)));
    return true;
  } catch (error) {
    // Nothing is limited yet; but it could be.
    return errnoOf(error) === 'ENOENT';
  }
};

/** A project that no other volume beside this one has. */
const freeProject = (directory: string): number => {
  const volume = dirname(directory);
  const root = dirname(volume);
  let highest = withDirectory(root, projectOf);
  for (const name of readdirSync(root)) {
    try {
      highest = Math.max(highest, withDirectory(join(root, name, '_data'), projectOf));
    } catch {
      // No volume, or gone by now.
    }
  }
  return highest + 1;
};

/** The kernel's project quotas. Directories get projects in the order in which they are limited. */
export const createVolumeQuotas = (): VolumeQuotas => ({
  isSupported,
  limit: (directory, bytes) => {
    const project = freeProject(directory);
    withDirectory(directory, (file) => {
      // The limit stands before anything can be counted.
      limitProject(file, project, bytes);
      setProject(file, project);
    });
  },
});
