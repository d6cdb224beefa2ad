// SPDX-License-Identifier: Apache-2.0
import type { RuntimeMount } from '../../../spec/oci-runtime.ts';
import type { SpecInput } from './oci-spec.ts';

const pseudo = (type: string, destination: string, options: string): RuntimeMount => ({
  destination,
  type,
  source: type,
  options: options.split(','),
});

/** Options of a bind the engine makes for its own ends. */
const OWN_BIND = ['rbind', 'rprivate'];

const sharedMemory = (input: SpecInput): readonly RuntimeMount[] => {
  const { ipcMode, shmSize } = input.container.hostConfig;
  if (ipcMode === 'none') return [];
  const source = ipcMode === 'host' ? '/dev/shm' : input.shmPath;
  if (source !== undefined) return [{ destination: '/dev/shm', type: 'bind', source, options: OWN_BIND }];
  const options = ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${shmSize}`];
  return [{ destination: '/dev/shm', type: 'tmpfs', source: 'shm', options }];
};

/** The kernel's file systems that every container has (containers.md, "OCI defaults"). */
export const defaultMounts = (input: SpecInput): readonly RuntimeMount[] => [
  pseudo('proc', '/proc', 'nosuid,noexec,nodev'),
  pseudo('tmpfs', '/dev', 'nosuid,strictatime,mode=755,size=65536k'),
  pseudo('devpts', '/dev/pts', 'nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5'),
  pseudo('sysfs', '/sys', 'nosuid,noexec,nodev,ro'),
  pseudo('cgroup', '/sys/fs/cgroup', 'ro,nosuid,noexec,nodev'),
  pseudo('mqueue', '/dev/mqueue', 'nosuid,noexec,nodev'),
  ...sharedMemory(input),
];

/** The files by which the engine tells the container its names, and docker-init. */
export const ownBinds = (input: SpecInput): readonly RuntimeMount[] => {
  const files: readonly (readonly [destination: string, source: string | undefined])[] = [
    ['/etc/resolv.conf', input.resolvConfPath],
    ['/etc/hostname', input.hostnamePath],
    ['/etc/hosts', input.hostsPath],
  ];
  const readonly = input.container.hostConfig.readonlyRootfs ? ['ro'] : [];
  const named = files.flatMap(([destination, source]) =>
    source === undefined ? [] : [{ destination, type: 'bind', source, options: [...OWN_BIND, ...readonly] }],
  );
  if (input.initPath === undefined) return named;
  return [
    ...named,
    { destination: '/sbin/docker-init', type: 'bind', source: input.initPath, options: ['bind', 'ro'] },
  ];
};
