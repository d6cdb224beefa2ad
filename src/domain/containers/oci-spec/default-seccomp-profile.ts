// SPDX-License-Identifier: Apache-2.0
import { ALLOWED_SYSCALLS } from './allowed-syscalls.ts';
import type { SeccompCondition, SeccompProfile, SeccompRule } from './seccomp-profile.ts';

const ALLOW = 'SCMP_ACT_ALLOW';

/** The CLONE_NEW* flags that make namespaces: mount, cgroup, uts, ipc, user, pid, net (include/uapi/linux/sched.h). */
const NEW_NAMESPACES = 0x7e02_0000;

/** AF_VSOCK (include/linux/socket.h): it would reach the hypervisor or its other guests. */
const VSOCK = 40;

/** Personalities that change nothing dangerous: default, Linux 32, ASLR off for both, and the question (include/uapi/linux/personality.h). */
const PERSONALITIES = [0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff];

const ENOSYS = 38;

const allow = (names: string, includes?: SeccompCondition): SeccompRule => ({
  names: names.split(' '),
  action: ALLOW,
  ...(includes ? { includes } : {}),
});

const withCapability = (capability: string, names: string): SeccompRule =>
  allow(names, { caps: [capability] });

/** Allowed when one argument compares so. */
const whenArgument = (name: string, index: number, op: string, value: number): SeccompRule => ({
  names: [name],
  action: ALLOW,
  args: [{ index, value, op: `SCMP_CMP_${op}` }],
});

const WITHOUT_ADMIN = { caps: ['CAP_SYS_ADMIN'] };

/** The order of clone's arguments is another on s390. */
const S390 = ['s390', 's390x'];

const BY_ARCHITECTURE: readonly SeccompRule[] = [
  allow('swapcontext sync_file_range2', { arches: ['ppc64le'] }),
  allow('arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2', {
    arches: ['arm', 'arm64'],
  }),
  allow('arch_prctl', { arches: ['amd64', 'x32'] }),
  allow('modify_ldt', { arches: ['amd64', 'x32', 'x86'] }),
  allow('s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr', { arches: S390 }),
  allow('riscv_flush_icache', { arches: ['riscv64'] }),
];

const BY_CAPABILITY: readonly SeccompRule[] = [
  withCapability('CAP_DAC_READ_SEARCH', 'open_by_handle_at'),
  withCapability(
    'CAP_SYS_ADMIN',
    'bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr ' +
      'lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl ' +
      'quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare',
  ),
  withCapability('CAP_SYS_BOOT', 'reboot'),
  withCapability('CAP_SYS_CHROOT', 'chroot'),
  withCapability('CAP_SYS_MODULE', 'delete_module finit_module init_module'),
  withCapability('CAP_SYS_PACCT', 'acct'),
  withCapability(
    'CAP_SYS_PTRACE',
    'kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace',
  ),
  withCapability('CAP_SYS_RAWIO', 'ioperm iopl'),
  withCapability('CAP_SYS_TIME', 'clock_settime clock_settime64 settimeofday stime'),
  withCapability('CAP_SYS_TTY_CONFIG', 'vhangup'),
  withCapability('CAP_SYS_NICE', 'get_mempolicy mbind set_mempolicy set_mempolicy_home_node'),
  withCapability('CAP_SYSLOG', 'syslog'),
  withCapability('CAP_BPF', 'bpf'),
  withCapability('CAP_PERFMON', 'perf_event_open'),
];

/** Threads and processes but no namespaces. clone3 hides its flags in memory, so it is said not to exist: libcs fall back to clone. */
const CLONE_WITHOUT_ADMIN: readonly SeccompRule[] = [
  {
    ...whenArgument('clone', 0, 'MASKED_EQ', NEW_NAMESPACES),
    excludes: { ...WITHOUT_ADMIN, arches: S390 },
  },
  {
    ...whenArgument('clone', 1, 'MASKED_EQ', NEW_NAMESPACES),
    includes: { arches: S390 },
    excludes: WITHOUT_ADMIN,
  },
  { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS, excludes: WITHOUT_ADMIN },
];

/** The filter of containers that ask for none: what is not allowed fails with EPERM (containers.md §16). */
export const DEFAULT_SECCOMP_PROFILE: SeccompProfile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: 1,
  archMap: [
    { architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'] },
    { architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM'] },
    { architecture: 'SCMP_ARCH_S390X', subArchitectures: ['SCMP_ARCH_S390'] },
    { architecture: 'SCMP_ARCH_RISCV64' },
    { architecture: 'SCMP_ARCH_LOONGARCH64' },
  ],
  syscalls: [
    { names: ALLOWED_SYSCALLS.flat(), action: ALLOW },
    // Before 4.8 a tracee could slip past its filter.
    allow('process_vm_readv process_vm_writev ptrace', { minKernel: '4.8' }),
    whenArgument('socket', 0, 'NE', VSOCK),
    ...PERSONALITIES.map((value) => whenArgument('personality', 0, 'EQ', value)),
    ...BY_ARCHITECTURE,
    ...BY_CAPABILITY,
    ...CLONE_WITHOUT_ADMIN,
  ],
};
