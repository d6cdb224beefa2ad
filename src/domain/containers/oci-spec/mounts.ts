// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import type { RuntimeMount } from '../../../spec/oci-runtime.ts';
import { defaultMounts, ownBinds } from './default-mounts.ts';
import type { SpecInput } from './oci-spec.ts';
import { parseSecurityOptions } from './security-options.ts';
import { userMounts } from './user-mounts.ts';

/** Writable even when the root is read-only: the kernel's own, and what programs need for terminals and shared memory. */
const STAYS_WRITABLE = new Set(['/proc', '/dev', '/dev/pts', '/dev/shm', '/dev/mqueue']);

const without = (mount: RuntimeMount, option: string): RuntimeMount => ({
  ...mount,
  options: mount.options.filter((each) => each !== option),
});

const withOption = (mount: RuntimeMount, option: string): RuntimeMount =>
  mount.options.includes(option) ? mount : { ...mount, options: [...mount.options, option] };

const depth = (path: string): number => posix.normalize(path).split('/').filter(Boolean).length;

/** True when a client's mount stands where `destination` is, or above it in /dev: then it replaces the default. */
const isReplaced = (destination: string, byUser: ReadonlySet<string>): boolean =>
  byUser.has(destination) || (destination.startsWith('/dev/') && byUser.has('/dev'));

const adaptDefault = (mount: RuntimeMount, input: SpecInput): RuntimeMount => {
  const { privileged, readonlyRootfs, securityOpt } = input.container.hostConfig;
  const { destination } = mount;
  if (readonlyRootfs && !STAYS_WRITABLE.has(destination)) return withOption(mount, 'ro');
  if (privileged && destination === '/sys') return without(mount, 'ro');
  // In a user namespace the runtime could not make it read-only again, and its files are the host's root's.
  const writable =
    privileged || input.userNamespace !== undefined || parseSecurityOptions(securityOpt).writableCgroups;
  return writable && mount.type === 'cgroup' ? without(mount, 'ro') : mount;
};

/** All mounts of a container, parents before children. */
export const mounts = (input: SpecInput): readonly RuntimeMount[] => {
  const byUser = userMounts(input);
  const taken = new Set(byUser.map((mount) => posix.normalize(mount.destination)));
  const defaults = defaultMounts(input).filter((mount) => !isReplaced(mount.destination, taken));
  const own = ownBinds(input).filter((mount) => !taken.has(mount.destination));
  // A stable sort: of two mounts at one depth the engine's own comes first.
  const rest = [...own, ...byUser].toSorted((a, b) => depth(a.destination) - depth(b.destination));
  return [...defaults.map((mount) => adaptDefault(mount, input)), ...rest];
};

/** The root's propagation, when a mount is to be seen outside or to see what comes from outside. */
export const rootPropagation = (all: readonly RuntimeMount[]): string | undefined => {
  const options = new Set(all.flatMap((mount) => mount.options));
  if (options.has('shared') || options.has('rshared')) return 'shared';
  return options.has('slave') || options.has('rslave') ? 'slave' : undefined;
};
