// SPDX-License-Identifier: Apache-2.0
import type { HostFiles } from './files.ts';

/** How the host's cgroups are laid out. */
export interface CgroupLayout {
  /** `2` when the unified tree is mounted at /sys/fs/cgroup; hybrid layouts count as `1`, as for runc. */
  readonly version: '1' | '2';
  /** A v2 tree is mounted beside v1 controllers. */
  readonly hybrid: boolean;
  /** Mount point by controller, by v1 name; on v2 every controller stands at the same one. */
  readonly mounts: ReadonlyMap<string, string>;
}

/** One line of /proc/self/mountinfo, as far as it is asked for here. Source: proc(5). */
interface MountLine {
  readonly point: string;
  readonly type: string;
  readonly superOptions: readonly string[];
}

const parseMountLine = (line: string): MountLine | undefined => {
  const [left = '', right = ''] = line.split(' - ', 2);
  const point = left.split(' ')[4];
  const [type, , options = ''] = right.split(' ');
  return point === undefined || type === undefined
    ? undefined
    : { point, type, superOptions: options.split(',') };
};

const ROOT = '/sys/fs/cgroup';

/** The v1 names of what v2 has under another one. */
const V1_NAMES: Readonly<Record<string, readonly string[]>> = {
  io: ['blkio'],
  cpu: ['cpu', 'cpuacct'],
};

const unified = (files: HostFiles): CgroupLayout => {
  const names = (files.text(`${ROOT}/cgroup.controllers`) ?? '').trim().split(/\s+/).filter(Boolean);
  const controllers = [...names.flatMap((name) => V1_NAMES[name] ?? [name]), 'devices', 'freezer'];
  return { version: '2', hybrid: false, mounts: new Map(controllers.map((name) => [name, ROOT])) };
};

/** Words among a v1 mount's options that are no controller. */
const NO_CONTROLLER = ['rw', 'ro', 'clone_children', 'xattr', 'noprefix'];

/** Finds the cgroup mounts; `undefined` when none is mounted. */
export const findCgroups = (files: HostFiles): CgroupLayout | undefined => {
  const lines = (files.text('/proc/self/mountinfo') ?? '').split('\n').map(parseMountLine);
  const mounts = lines.filter((line) => line !== undefined);
  if (mounts.some(({ type, point }) => type === 'cgroup2' && point === ROOT)) return unified(files);
  const controllers = mounts
    .filter(({ type }) => type === 'cgroup')
    .flatMap(({ point, superOptions }) =>
      superOptions
        .filter((word) => !NO_CONTROLLER.includes(word) && !word.includes('='))
        .map((word) => [word, point] as const),
    );
  if (controllers.length === 0) return undefined;
  return {
    version: '1',
    hybrid: mounts.some(({ type }) => type === 'cgroup2'),
    mounts: new Map(controllers),
  };
};
