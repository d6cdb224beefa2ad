// SPDX-License-Identifier: Apache-2.0
import type { IdMaps } from '../../../spec/id-maps.ts';
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
  /** Whether the kernel serves the x32 interface of x86-64. */
  readonly x32: boolean;
  readonly appArmor: boolean;
  /** Whether the profile `docker-default` is loaded: this engine uses it, and does not load it. */
  readonly appArmorDefault: boolean;
  /** Files that tell how hot the machine's processors are: a way to watch other programs. */
  readonly throttlePaths: readonly string[];
  readonly cpus: number;
  readonly memory: number;
  /** Hard limit of open files that the daemon itself has: no container may get more. */
  readonly openFilesLimit: number;
  /** Controllers that are there, by v1 name (`memory`, `cpu`, `pids`, `cpuset`, `blkio`, `devices` …). */
  readonly controllers: ReadonlySet<string>;
  readonly swapAccounting: boolean;
  /** Whether the kernel shares block I/O by weights. */
  readonly ioWeight: boolean;
  /** Nodes of memory that are online, as the kernel lists them: `0-1`. */
  readonly memoryNodes: string;
  /**
   * Capabilities the daemon itself holds (`CAP_CHOWN` …): what privileged and `ALL` give. A runtime that is asked for
   * more fails. `capabilitiesOfMask` makes it from `CapEff` of /proc/self/status.
   */
  readonly capabilities: readonly string[];
}

/** A device node of the host. Numbers as the kernel splits them; `mode` are the permission bits. */
export interface DeviceNode {
  readonly type: 'b' | 'c';
  readonly major: number;
  readonly minor: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** What `resolveDevices` found out about the devices a container asks for. */
export interface HostDevices {
  /** Nodes to make, under the path they get in the container, with the access (`rwm`) allowed to them. */
  readonly nodes: readonly (DeviceNode & { readonly path: string; readonly access: string })[];
  /** Block devices by host path, for the blkio limits. */
  readonly byPath: ReadonlyMap<string, DeviceNode>;
}

/** Everything from which the runtime spec of one run is made. */
export interface SpecInput {
  readonly container: Container;
  readonly rootfs: Rootfs;
  /** Path to join. Absent for host networking and for no sandbox (then the runtime makes an empty one). */
  readonly networkNamespace?: string;
  /** Path of the donor's namespace (`/proc/<pid>/ns/pid`) when `PidMode` is `container:…`. */
  readonly pidNamespace?: string;
  /** The same for `IpcMode`; its `/dev/shm` is then bound from `shmPath`. */
  readonly ipcNamespace?: string;
  /** Host directory that becomes `/dev/shm`; absent for a tmpfs of the container's own. */
  readonly shmPath?: string;
  /** Host paths by destination, of mount points that stand at another place than their source while the container runs. */
  readonly placedSources?: ReadonlyMap<string, string>;
  /** The container's own user namespace, or another container's, which `path` names. Absent for the host's. */
  readonly userNamespace?: { readonly maps: IdMaps; readonly path?: string };
  readonly hostnamePath?: string;
  readonly hostsPath?: string;
  readonly resolvConfPath?: string;
  /** Host file bound to `/sbin/docker-init`, when the container runs under it. */
  readonly initPath?: string;
  readonly host: HostFacts;
  readonly cgroupParent: string;
  readonly defaultUlimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  /** Variables that its links tell its process; its own come over them. */
  readonly linkEnv?: readonly string[];
  /** The daemon's word on new privileges, where the container has none. */
  readonly noNewPrivileges?: boolean;
  /** Resolved from the container's own passwd and group files. */
  readonly user: ResolvedUser;
  /** From `resolveDevices`; needed when the container is privileged, has devices or blkio limits. */
  readonly devices?: HostDevices;
}

export interface ResolvedUser {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  readonly home: string;
}
