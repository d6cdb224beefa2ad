// SPDX-License-Identifier: Apache-2.0
import { lookup } from 'node:dns/promises';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { Semaphore } from '../../base/async.ts';
import { EngineError, kindOf, messageOf } from '../../base/errors.ts';
import { placesBelow } from '../../spec/mount-table.ts';
import { errnoOf, fileFailure } from '../../sys/errno.ts';
import { errnoText } from '../../sys/errno-text.ts';
import { detachMount, MS, mount, mountAside } from '../../sys/mount.ts';
import { copyTree } from './copy-tree.ts';
import { parseMountOptions, PROPAGATION } from './mount-options.ts';
import { type Lookup, resolveNetworkMount } from './network-address.ts';
import type { VolumeMount, VolumeMounts } from './mounts.ts';

/** What the kernel does from memory alone. */
const IMMEDIATE = new Set(['', 'none', 'tmpfs', 'ramfs', 'overlay']);
/** A mount that hangs takes one of Node's four threads: the others must stay free for files. */
const ASIDE_AT_ONCE = 2;

interface Parsed {
  readonly flags: number;
  readonly data: string;
}

/** What failed, in the form of Docker's own text. */
export const describeMount = (
  { device, target }: Pick<VolumeMount, 'device' | 'target'>,
  { flags, data }: Parsed,
  why: string,
): string => {
  const shownFlags = flags === 0 ? '' : `, flags: 0x${flags.toString(16)}`;
  const shownData = data === '' ? '' : `, data: ${data}`;
  return `mount ${device}:${target}${shownFlags}${shownData}: ${why}`;
};

const hidePassword = (text: string): string => text.replaceAll(/\bpassword=[^,:]*/g, 'password=********');

const failure = (request: VolumeMount, parsed: Parsed, cause: unknown): EngineError => {
  const why = errnoText(errnoOf(cause)) ?? messageOf(cause);
  const text = `failed to mount local volume: ${hidePassword(describeMount(request, parsed, why))}`;
  return new EngineError(kindOf(cause), text, { cause });
};

const lookUp: Lookup = async (host) => (await lookup(host)).address;

const placesOf = (target: string): readonly string[] =>
  placesBelow(readFileSync('/proc/self/mountinfo', 'utf8'), target);

const isMounted = (target: string): boolean => placesOf(target).includes(target);

const detach = (target: string): readonly string[] => {
  let places = placesOf(target);
  while (places.includes(target)) {
    // Else what is mounted below would go where it was bound from, too.
    mount({ source: '', target, flags: MS.private | MS.recursive });
    detachMount(target);
    places = placesOf(target);
  }
  return places;
};

/** The steps after the mount itself: flags that the kernel takes only one by one. */
const finish = (target: string, flags: number): void => {
  if ((flags & PROPAGATION) !== 0) mount({ source: '', target, flags: flags & (PROPAGATION | MS.recursive) });
  const readOnlyBind = MS.bind | MS.readOnly;
  if ((flags & readOnlyBind) === readOnlyBind)
    mount({ source: '', target, flags: (flags & ~PROPAGATION) | MS.remount });
};

const attachParsed = async (
  { device, type, target }: VolumeMount,
  { flags, data }: Parsed,
  aside: Semaphore,
): Promise<void> => {
  const call = { source: device, target, type, flags: flags & ~PROPAGATION, data };
  if (IMMEDIATE.has(type) || (flags & MS.bind) !== 0) mount(call);
  else {
    using _place = await aside.acquire();
    await mountAside(call);
  }
  try {
    finish(target, flags);
  } catch (error) {
    detachMount(target);
    throw error;
  }
};

const copyFiles = async (source: string, target: string, signal: AbortSignal): Promise<void> => {
  using held = new DisposableStack();
  const flags = constants.O_RDONLY | constants.O_DIRECTORY;
  try {
    await copyTree(held.adopt(openSync(source, flags), closeSync), target, signal);
  } catch (error) {
    throw fileFailure(error);
  }
};

/** The kernel's mounts of volumes. */
export const createVolumeMounts = (): VolumeMounts => {
  const aside = new Semaphore(ASIDE_AT_ONCE);
  return {
    attach: async (request) => {
      const { flags, data } = parseMountOptions(request.options);
      const from = await resolveNetworkMount(request.type, { device: request.device, data }, lookUp);
      const resolved = { ...request, device: from.device };
      const parsed = { flags, data: from.data };
      try {
        await attachParsed(resolved, parsed, aside);
      } catch (cause) {
        throw failure(resolved, parsed, cause);
      }
    },
    detach,
    isMounted,
    copyFiles,
  };
};
