// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { RuntimeSeccomp, RuntimeSyscall } from '../../../spec/oci-runtime.ts';
import { DEFAULT_SECCOMP_PROFILE } from './default-seccomp-profile.ts';
import type { HostFacts } from './oci-spec.ts';
import {
  parseSeccompProfile,
  type SeccompCondition,
  type SeccompProfile,
  type SeccompRule,
} from './seccomp-profile.ts';

/** What a profile's conditions are asked against. */
export interface SeccompContext {
  readonly architecture: string;
  readonly kernelVersion: HostFacts['kernelVersion'];
  /** The container's bounding set. */
  readonly capabilities: readonly string[];
}

/** Go's names of architectures → libseccomp's. */
const NATIVE: Readonly<Record<string, string>> = {
  amd64: 'SCMP_ARCH_X86_64',
  arm64: 'SCMP_ARCH_AARCH64',
  '386': 'SCMP_ARCH_X86',
  arm: 'SCMP_ARCH_ARM',
  riscv64: 'SCMP_ARCH_RISCV64',
  s390x: 'SCMP_ARCH_S390X',
  ppc64le: 'SCMP_ARCH_PPC64LE',
  loong64: 'SCMP_ARCH_LOONGARCH64',
};

const isAtLeast = ([major, minor]: SeccompContext['kernelVersion'], wanted: string): boolean => {
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
};

const isIncluded = (condition: SeccompCondition | undefined, context: SeccompContext): boolean => {
  const { arches, caps, minKernel } = condition ?? {};
  if (arches?.length && !arches.includes(context.architecture)) return false;
  if (caps?.length && !caps.every((cap) => context.capabilities.includes(cap))) return false;
  return minKernel === undefined || minKernel === '' || isAtLeast(context.kernelVersion, minKernel);
};

const isExcluded = (condition: SeccompCondition | undefined, context: SeccompContext): boolean => {
  const { arches, caps, minKernel } = condition ?? {};
  if (arches?.includes(context.architecture) === true) return true;
  if (caps?.some((cap) => context.capabilities.includes(cap)) === true) return true;
  return minKernel !== undefined && minKernel !== '' && isAtLeast(context.kernelVersion, minKernel);
};

const runtimeRule = (rule: SeccompRule): RuntimeSyscall => ({
  names: rule.names ?? (rule.name === undefined ? [] : [rule.name]),
  action: rule.action,
  ...(rule.errnoRet === undefined ? {} : { errnoRet: rule.errnoRet }),
  ...(rule.args?.length ? { args: rule.args } : {}),
});

const architectures = (profile: SeccompProfile, architecture: string): readonly string[] | undefined => {
  if (!profile.archMap?.length) return profile.architectures;
  if (profile.architectures?.length)
    throw new EngineError(
      'internal',
      "both 'architectures' and 'archMap' are specified in the seccomp profile, use either 'architectures' or 'archMap'",
    );
  const native = profile.archMap.find((entry) => entry.architecture === NATIVE[architecture]);
  return native && [native.architecture, ...(native.subArchitectures ?? [])];
};

/** The rules of `profile` that hold here, as the runtime takes them. @throws internal for a profile that contradicts itself */
export const resolveSeccomp = (profile: SeccompProfile, context: SeccompContext): RuntimeSeccomp => {
  const rules = (profile.syscalls ?? []).filter(
    (rule) => isIncluded(rule.includes, context) && !isExcluded(rule.excludes, context),
  );
  const arches = architectures(profile, context.architecture);
  return {
    defaultAction: profile.defaultAction,
    ...(profile.defaultErrnoRet === undefined ? {} : { defaultErrnoRet: profile.defaultErrnoRet }),
    ...(arches ? { architectures: arches } : {}),
    ...(profile.flags ? { flags: profile.flags } : {}),
    ...(profile.listenerPath === undefined ? {} : { listenerPath: profile.listenerPath }),
    ...(profile.listenerMetadata === undefined ? {} : { listenerMetadata: profile.listenerMetadata }),
    syscalls: rules.map(runtimeRule),
  };
};

/**
 * Leaves out what the kernel does not serve: libseccomp builds a whole filter an architecture, and that of x32 cost 7 of
 * the 60 ms that runc needs for a container.
 */
const withoutAbsentInterfaces = (filter: RuntimeSeccomp, { x32 }: Pick<HostFacts, 'x32'>): RuntimeSeccomp =>
  x32 || !filter.architectures
    ? filter
    : { ...filter, architectures: filter.architectures.filter((name) => name !== 'SCMP_ARCH_X32') };

/** The filter of a container, or `undefined` for none. `asked` is the security option: a profile's text, `builtin` or `unconfined`. */
export const seccompFilter = (
  asked: string | undefined,
  privileged: boolean,
  host: HostFacts,
  capabilities: readonly string[],
): RuntimeSeccomp | undefined => {
  if (asked === 'unconfined') return undefined;
  const custom = asked !== undefined && asked !== '' && asked !== 'builtin';
  if (!custom && (privileged || !host.seccomp)) return undefined;
  if (!host.seccomp)
    throw new EngineError(
      'internal',
      'seccomp is not enabled in your kernel, cannot run a custom seccomp profile',
    );
  const context = { ...host, capabilities };
  if (custom) return resolveSeccomp(parseSeccompProfile(asked), context);
  return withoutAbsentInterfaces(resolveSeccomp(DEFAULT_SECCOMP_PROFILE, context), host);
};
