// SPDX-License-Identifier: Apache-2.0
import type { Rootfs } from '../../images/index.ts';
import type { Container } from '../container.ts';

/** What this host can do, probed once at start by the daemon. */
export interface HostFacts {
  readonly cgroupVersion: '1' | '2';
  readonly cgroupDriver: 'cgroupfs' | 'systemd';
  readonly kernelVersion: readonly [major: number, minor: number];
  /** Go's name: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly seccomp: boolean;
  readonly appArmor: boolean;
  readonly cpus: number;
  readonly memory: number;
  /** Hard limit of open files that the daemon itself has: no container may get more. */
  readonly openFilesLimit: number;
  /** Controllers that are there, by v1 name (`memory`, `cpu`, `pids`, `cpuset`, `blkio`, `devices` …). */
  readonly controllers: ReadonlySet<string>;
  readonly swapAccounting: boolean;
}

/** Everything from which the runtime spec of one run is made. */
export interface SpecInput {
  readonly container: Container;
  readonly rootfs: Rootfs;
  /** Absent for host networking and for no sandbox. */
  readonly networkNamespace?: string;
  readonly hostnamePath?: string;
  readonly hostsPath?: string;
  readonly resolvConfPath?: string;
  /** Host file bound to `/sbin/docker-init`, when the container runs under it. */
  readonly initPath?: string;
  readonly host: HostFacts;
  readonly cgroupParent: string;
  readonly defaultUlimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  /** Resolved from the container's own passwd and group files. */
  readonly user: ResolvedUser;
}

export interface ResolvedUser {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  readonly home: string;
}
