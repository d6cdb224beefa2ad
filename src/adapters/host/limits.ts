// SPDX-License-Identifier: Apache-2.0
import type { CgroupLayout } from './cgroups.ts';
import type { HostFiles } from './files.ts';

/** Which limits the kernel can enforce on a container here. */
export interface Limits {
  readonly memory: boolean;
  readonly swap: boolean;
  readonly kernelMemoryTcp: boolean;
  readonly cpuCfsPeriod: boolean;
  readonly cpuCfsQuota: boolean;
  readonly cpuShares: boolean;
  readonly cpuset: boolean;
  readonly pids: boolean;
  readonly oomKillDisable: boolean;
  readonly ioWeight: boolean;
}

const limitsOfV1 = ({ mounts }: CgroupLayout, files: HostFiles): Limits => {
  const has = (controller: string, file: string): boolean =>
    mounts.has(controller) && files.exists(`${mounts.get(controller)}/${file}`);
  return {
    memory: mounts.has('memory'),
    swap: has('memory', 'memory.memsw.limit_in_bytes'),
    kernelMemoryTcp: has('memory', 'memory.kmem.tcp.limit_in_bytes'),
    cpuCfsPeriod: has('cpu', 'cpu.cfs_period_us'),
    cpuCfsQuota: has('cpu', 'cpu.cfs_quota_us'),
    cpuShares: has('cpu', 'cpu.shares'),
    cpuset: mounts.has('cpuset'),
    pids: mounts.has('pids'),
    oomKillDisable: has('memory', 'memory.oom_control'),
    ioWeight: has('blkio', 'blkio.weight') || has('blkio', 'blkio.bfq.weight'),
  };
};

/** The group this process is in, on the unified tree: its files tell what the kernel was built with. */
const ownGroup = (files: HostFiles): string =>
  /^0::(.*)$/m.exec(files.text('/proc/self/cgroup') ?? '')?.[1]?.replace(/\/$/, '') ?? '';

const limitsOfV2 = ({ mounts }: CgroupLayout, files: HostFiles): Limits => {
  const cpu = mounts.has('cpu');
  return {
    memory: mounts.has('memory'),
    swap: mounts.has('memory') && files.exists(`/sys/fs/cgroup${ownGroup(files)}/memory.swap.max`),
    kernelMemoryTcp: false,
    cpuCfsPeriod: cpu,
    cpuCfsQuota: cpu,
    cpuShares: cpu,
    cpuset: mounts.has('cpuset'),
    pids: mounts.has('pids'),
    oomKillDisable: false,
    ioWeight: mounts.has('blkio'),
  };
};

/** What `layout` can limit, by the files that are there. */
export const findLimits = (layout: CgroupLayout, files: HostFiles): Limits =>
  layout.version === '2' ? limitsOfV2(layout, files) : limitsOfV1(layout, files);
