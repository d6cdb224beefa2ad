// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { HostConfig } from '../../../spec/host-config.ts';
import type { RuntimeCapabilities } from '../../../spec/oci-runtime.ts';
import { CAPABILITIES, DEFAULT_CAPABILITIES } from './capability-names.ts';

const ALL = 'ALL';

/** `net_admin`, `CAP_NET_ADMIN` → `CAP_NET_ADMIN`; `all` → `ALL`. */
const normalize = (name: string): string => {
  const upper = name.toUpperCase();
  return upper === ALL || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
};

const checkList = (
  field: string,
  names: readonly string[] | undefined,
  available: readonly string[],
): void => {
  for (const name of (names ?? []).map(normalize)) {
    if (name === ALL || available.includes(name)) continue;
    const reason = CAPABILITIES.includes(name)
      ? `capability not supported by your kernel or not available in the current environment: "${name}"`
      : `unknown capability: "${name}"`;
    throw new EngineError('invalid-argument', `invalid ${field}: ${reason}`);
  }
};

/** Refuses capabilities that do not exist or that the daemon lacks. @throws invalid-argument in Docker's words */
export const checkCapabilities = (
  hostConfig: Pick<HostConfig, 'capAdd' | 'capDrop'>,
  available: readonly string[],
): void => {
  checkList('CapAdd', hostConfig.capAdd, available);
  checkList('CapDrop', hostConfig.capDrop, available);
};

/**
 * The capabilities a container may ever have (its bounding set). `ALL` added is what the daemon holds less the drops,
 * `ALL` dropped is just the additions, else the defaults less the drops plus the additions.
 */
export const boundingCapabilities = (
  hostConfig: Pick<HostConfig, 'capAdd' | 'capDrop' | 'privileged'>,
  available: readonly string[],
): readonly string[] => {
  if (hostConfig.privileged) return available;
  const added = (hostConfig.capAdd ?? []).map(normalize);
  const dropped = new Set((hostConfig.capDrop ?? []).map(normalize));
  if (added.includes(ALL)) return available.filter((name) => !dropped.has(name));
  if (dropped.has(ALL)) return [...new Set(added)];
  const kept = DEFAULT_CAPABILITIES.filter((name) => available.includes(name) && !dropped.has(name));
  return [...new Set([...kept, ...added])];
};

/** The sets of a process: only root uses its capabilities from the start, others can gain them up to the bound. */
export const processCapabilities = (bounding: readonly string[], uid: number): RuntimeCapabilities =>
  uid === 0
    ? { bounding, effective: bounding, permitted: bounding }
    : { bounding, effective: [], permitted: [] };
