// SPDX-License-Identifier: Apache-2.0

/**
 * System calls that every container may make, by what they are for; each group sorted. Left out is what reaches beyond
 * the container (mounts, modules, the clock, tracing, keys, NUMA policy, io_uring): the default profile allows some of
 * that with a capability. Names as in the kernel's own tables (arch/.../entry/syscalls, include/uapi/asm-generic/unistd.h);
 * a name that the runtime's libseccomp does not know yet is skipped by it.
 */
export const ALLOWED_SYSCALLS: readonly (readonly string[])[] = [
  // files and directories
  (
    'access chdir chmod chown chown32 creat faccessat faccessat2 fadvise64 fadvise64_64 fallocate ' +
    'fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 flock fstat fstat64 ' +
    'fstatat64 fstatfs fstatfs64 ftruncate ftruncate64 futimesat getcwd getdents getdents64 ioctl ' +
    'lchown lchown32 link linkat listmount lstat lstat64 mkdir mkdirat mknod mknodat name_to_handle_at ' +
    'newfstatat open openat openat2 readlink readlinkat rename renameat renameat2 rmdir stat stat64 ' +
    'statfs statfs64 statmount statx symlink symlinkat truncate truncate64 umask unlink unlinkat utime ' +
    'utimensat utimensat_time64 utimes'
  ).split(' '),
  // extended attributes
  (
    'fgetxattr flistxattr fremovexattr fsetxattr getxattr getxattrat lgetxattr listxattr listxattrat ' +
    'llistxattr lremovexattr lsetxattr removexattr removexattrat setxattr setxattrat'
  ).split(' '),
  // reading and writing
  (
    '_llseek close close_range copy_file_range dup dup2 dup3 fdatasync fsync lseek pipe pipe2 pread64 ' +
    'preadv preadv2 pwrite64 pwritev pwritev2 read readahead readv sendfile sendfile64 splice sync ' +
    'sync_file_range syncfs tee vmsplice write writev'
  ).split(' '),
  // waiting for files
  (
    '_newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait ' +
    'epoll_wait_old eventfd eventfd2 fanotify_mark inotify_add_watch inotify_init inotify_init1 ' +
    'inotify_rm_watch poll ppoll ppoll_time64 pselect6 pselect6_time64 select signalfd signalfd4'
  ).split(' '),
  // asynchronous input and output
  (
    'io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit ioprio_get ' +
    'ioprio_set'
  ).split(' '),
  // memory
  (
    'brk cachestat madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 ' +
    'mlockall mmap mmap2 mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free ' +
    'pkey_mprotect remap_file_pages'
  ).split(' '),
  // processes and threads
  (
    'execve execveat exit exit_group fork futex futex_requeue futex_time64 futex_wait futex_waitv ' +
    'futex_wake get_robust_list get_thread_area getcpu getpgid getpgrp getpid getppid getsid gettid ' +
    'kill pause pidfd_open pidfd_send_signal prctl process_mrelease restart_syscall riscv_hwprobe rseq ' +
    'set_robust_list set_thread_area set_tid_address setpgid setsid tgkill tkill uretprobe vfork wait4 ' +
    'waitid waitpid'
  ).split(' '),
  // signals
  (
    'rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend ' +
    'rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack sigprocmask sigreturn'
  ).split(' '),
  // users and groups
  (
    'capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid ' +
    'getresgid32 getresuid getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid ' +
    'setgid32 setgroups setgroups32 setregid setregid32 setresgid setresgid32 setresuid setresuid32 ' +
    'setreuid setreuid32 setuid setuid32'
  ).split(' '),
  // limits and scheduling
  (
    'getpriority getrlimit getrusage prlimit64 sched_get_priority_max sched_get_priority_min ' +
    'sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval ' +
    'sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam sched_setscheduler ' +
    'sched_yield setpriority setrlimit ugetrlimit'
  ).split(' '),
  // clocks and timers
  (
    'adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime ' +
    'clock_gettime64 clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer ' +
    'time timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime ' +
    'timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 ' +
    'times'
  ).split(' '),
  // sockets; `socket` itself is below
  (
    'accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg ' +
    'recvmmsg_time64 recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socketcall socketpair'
  ).split(' '),
  // System V and POSIX messages, semaphores, shared memory
  (
    'ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend ' +
    'mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop ' +
    'semtimedop_time64 shmat shmctl shmdt shmget'
  ).split(' '),
  // the system and the own sandbox
  'getrandom landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp sysinfo uname'.split(
    ' ',
  ),
];
