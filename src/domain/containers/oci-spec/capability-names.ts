// SPDX-License-Identifier: Apache-2.0

/** All capabilities in the order of their numbers, 0 first (include/uapi/linux/capability.h). */
const NAMES =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE';

/** Every capability this engine knows, with its prefix, in kernel order. */
export const CAPABILITIES: readonly string[] = NAMES.split(' ').map((name) => `CAP_${name}`);

/** What a container gets when it asks for nothing (containers.md, "OCI defaults"). */
export const DEFAULT_CAPABILITIES: readonly string[] = (
  'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL ' +
  'AUDIT_WRITE'
)
  .split(' ')
  .map((name) => `CAP_${name}`);

/** The capabilities of a mask as /proc/self/status writes it (`CapEff`, hex without prefix). */
export const capabilitiesOfMask = (hex: string): readonly string[] => {
  const mask = BigInt(`0x${hex.trim()}`);
  return CAPABILITIES.filter((_, number) => (mask >> BigInt(number)) & 1n);
};
