// SPDX-License-Identifier: Apache-2.0
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../base/errors.ts';
import { detachMount } from '../../sys/mount.ts';

/** Where a containerd on this machine keeps what belongs to tasks. */
export interface TaskPlaces {
  readonly root: string;
  readonly state: string;
  readonly namespace: string;
}

/** The directories of one task, in each of the two places. Source: containerd's runtime v2, as seen on disk. */
const directoriesOf = ({ root, state, namespace }: TaskPlaces, id: string): readonly string[] =>
  [state, root].map((place) => join(place, 'io.containerd.runtime.v2.task', namespace, id));

const mountsBelow = async (directory: string): Promise<readonly string[]> => {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const points = table.split('\n').map((line) => line.split(' ')[4] ?? '');
  // Those that were mounted last come first.
  return points.filter((point) => point.startsWith(`${directory}/`)).toReversed();
};

/**
 * Removes what is left on disk of a task that containerd has given up: with a runtime that hangs also when it is to tidy
 * up, the task's directory stays, and a later task of that name would not find room.
 */
export const dropBundle = async (places: TaskPlaces, id: string): Promise<void> => {
  for (const directory of directoriesOf(places, id)) {
    for (const point of await mountsBelow(directory)) detachMount(point);
    // What is still mounted there is the container's own file system: it must not be deleted through.
    if ((await mountsBelow(directory)).length > 0)
      throw new EngineError('internal', `${directory} is still in use`);
    await rm(directory, { recursive: true, force: true });
  }
};
