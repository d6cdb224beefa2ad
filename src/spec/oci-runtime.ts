// SPDX-License-Identifier: Apache-2.0

/** The OCI runtime specification (config.md, config-linux.md, version 1.0.2) as far as the engine writes it. */
export interface RuntimeSpec {
  readonly ociVersion: string;
  readonly process: RuntimeProcess;
  readonly root: { readonly path: string; readonly readonly: boolean };
  readonly hostname?: string;
  readonly mounts: readonly RuntimeMount[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly hooks?: RuntimeHooks;
  readonly linux: RuntimeLinux;
}

/** Programs that the runtime runs at points of a container's life. */
export interface RuntimeHooks {
  readonly prestart?: readonly RuntimeHook[];
  readonly createRuntime?: readonly RuntimeHook[];
  readonly createContainer?: readonly RuntimeHook[];
  readonly startContainer?: readonly RuntimeHook[];
  readonly poststart?: readonly RuntimeHook[];
  readonly poststop?: readonly RuntimeHook[];
}

export interface RuntimeHook {
  readonly path: string;
  /** With the program's own name first, as for execv(3). */
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
}

export interface RuntimeProcess {
  readonly terminal: boolean;
  readonly consoleSize?: { readonly height: number; readonly width: number };
  readonly user: RuntimeUser;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly capabilities?: RuntimeCapabilities;
  readonly rlimits?: readonly RuntimeRlimit[];
  readonly noNewPrivileges: boolean;
  readonly apparmorProfile?: string;
  readonly selinuxLabel?: string;
  readonly oomScoreAdj?: number;
}

export interface RuntimeUser {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids?: readonly number[];
}

/** Names with their prefix: `CAP_CHOWN`. */
export interface RuntimeCapabilities {
  readonly bounding: readonly string[];
  readonly effective: readonly string[];
  readonly permitted: readonly string[];
  readonly inheritable?: readonly string[];
  readonly ambient?: readonly string[];
}

export interface RuntimeRlimit {
  /** `RLIMIT_NOFILE` … */
  readonly type: string;
  /** Unsigned 64 bits: unlimited is 2^64-1, hence the bigint. */
  readonly soft: number | bigint;
  readonly hard: number | bigint;
}

export interface RuntimeMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

export interface RuntimeLinux {
  readonly namespaces: readonly RuntimeNamespace[];
  readonly uidMappings?: readonly RuntimeIdMapping[];
  readonly gidMappings?: readonly RuntimeIdMapping[];
  readonly devices?: readonly RuntimeDevice[];
  readonly cgroupsPath: string;
  readonly resources: RuntimeResources;
  readonly sysctl?: Readonly<Record<string, string>>;
  readonly seccomp?: RuntimeSeccomp;
  readonly rootfsPropagation?: string;
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
  readonly mountLabel?: string;
}

/** One run of ids of a user namespace. */
export interface RuntimeIdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

export interface RuntimeNamespace {
  readonly type: 'mount' | 'network' | 'uts' | 'pid' | 'ipc' | 'cgroup' | 'user';
  /** A namespace to join; a new one is made when absent. */
  readonly path?: string;
}

export interface RuntimeDevice {
  readonly path: string;
  /** Block, character, character without a buffer, FIFO. */
  readonly type: 'b' | 'c' | 'u' | 'p';
  readonly major: number;
  readonly minor: number;
  /** 0666 when absent. */
  readonly fileMode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export interface RuntimeDeviceRule {
  readonly allow: boolean;
  /** `a`, `b` or `c`; all when absent. */
  readonly type?: string;
  /** Any number when absent. */
  readonly major?: number;
  readonly minor?: number;
  readonly access: string;
}

/** config-linux.md, "Control groups". Absent means: as the parent has it. */
export interface RuntimeResources {
  readonly devices: readonly RuntimeDeviceRule[];
  readonly memory?: {
    readonly limit?: number;
    readonly reservation?: number;
    /** Memory and swap together. */
    readonly swap?: number;
    readonly kernel?: number;
    readonly kernelTCP?: number;
    readonly swappiness?: number;
    readonly disableOOMKiller?: boolean;
  };
  readonly cpu?: {
    readonly shares?: number;
    /** Microseconds, as the period. */
    readonly quota?: number;
    readonly period?: number;
    readonly realtimeRuntime?: number;
    readonly realtimePeriod?: number;
    readonly cpus?: string;
    readonly mems?: string;
  };
  readonly pids?: { readonly limit: number };
  readonly blockIO?: {
    readonly weight?: number;
    readonly weightDevice?: readonly {
      readonly major: number;
      readonly minor: number;
      readonly weight: number;
    }[];
    readonly throttleReadBpsDevice?: readonly RuntimeThrottle[];
    readonly throttleWriteBpsDevice?: readonly RuntimeThrottle[];
    readonly throttleReadIOPSDevice?: readonly RuntimeThrottle[];
    readonly throttleWriteIOPSDevice?: readonly RuntimeThrottle[];
  };
}

export interface RuntimeThrottle {
  readonly major: number;
  readonly minor: number;
  readonly rate: number;
}

export interface RuntimeSeccomp {
  /** `SCMP_ACT_ERRNO` … */
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly flags?: readonly string[];
  readonly listenerPath?: string;
  readonly listenerMetadata?: string;
  readonly syscalls: readonly RuntimeSyscall[];
}

export interface RuntimeSyscall {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly RuntimeSyscallArg[];
}

export interface RuntimeSyscallArg {
  readonly index: number;
  /** Unsigned 64 bits. */
  readonly value: number;
  readonly valueTwo?: number;
  /** `SCMP_CMP_EQ` … */
  readonly op: string;
}
