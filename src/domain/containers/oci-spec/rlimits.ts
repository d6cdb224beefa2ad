// SPDX-License-Identifier: Apache-2.0
import type { RuntimeRlimit } from '../../../spec/oci-runtime.ts';
import type { HostFacts } from './oci-spec.ts';

interface Limit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

/** RLIM_INFINITY, which clients write as -1 (include/uapi/asm-generic/resource.h). */
const UNLIMITED = 2n ** 64n - 1n;

const kernelValue = (value: number): number | bigint => (value < 0 ? UNLIMITED : value);

const atMost = (value: number, limit: number): number => (value < 0 || value > limit ? limit : value);

/** Raising a hard limit takes CAP_SYS_RESOURCE: without it a container gets at most what the daemon has. */
const clamp = (limit: Limit, host: HostFacts): Limit => {
  if (limit.name !== 'nofile' || host.capabilities.includes('CAP_SYS_RESOURCE')) return limit;
  return {
    ...limit,
    soft: atMost(limit.soft, host.openFilesLimit),
    hard: atMost(limit.hard, host.openFilesLimit),
  };
};

/** The container's own limits, and the daemon's defaults for what it leaves open. */
export const resourceLimits = (
  own: readonly Limit[],
  defaults: readonly Limit[],
  host: HostFacts,
): readonly RuntimeRlimit[] => {
  const byName = new Map([...defaults, ...own].map((limit) => [limit.name, limit]));
  return [...byName.values()].map((limit) => {
    const { name, soft, hard } = clamp(limit, host);
    return { type: `RLIMIT_${name.toUpperCase()}`, soft: kernelValue(soft), hard: kernelValue(hard) };
  });
};
