// SPDX-License-Identifier: Apache-2.0
import type { Compression } from '../../adapters/compression/index.ts';
import type { ContainerFiles } from '../../adapters/container-files/index.ts';
import type { Cgroups } from '../../adapters/cgroups/index.ts';
import type { Containerd } from '../../adapters/containerd/index.ts';
import type { Mounts } from '../../adapters/mounts/index.ts';
import type { ProcessStatus, Programs } from '../../adapters/host/index.ts';
import type { ContainerStore } from '../../adapters/store/index.ts';
import type { ConfigSource } from '../../base/config-source.ts';
import type { Log } from '../../base/log.ts';
import type { Nanoseconds } from '../../base/time.ts';
import type { Ulimit } from '../../spec/host-config.ts';
import type { IdMaps } from '../../spec/id-maps.ts';
import type { EventPublisher } from '../events/index.ts';
import type { Images } from '../images/index.ts';
import type { Logs } from '../logs/index.ts';
import type { Networks } from '../networks/index.ts';
import type { Volumes } from '../volumes/index.ts';
import type { Containers } from './containers.ts';
import type { HealthCounts } from './health/monitors.ts';
import type { HostFacts } from './oci-spec/oci-spec.ts';

/** What the containers room reads of the daemon's configuration. */
export interface ContainersConfig {
  /** Runtimes by the name that `HostConfig.Runtime` gives; `binary` is a name or an absolute path. */
  readonly runtimes: Readonly<Record<string, { readonly binary: string; readonly args?: readonly string[] }>>;
  readonly defaultRuntime: string;
  /** Empty for the driver's own (`/docker`, or `system.slice`). */
  readonly cgroupParent: string;
  /** Where all of the engine's own files are. */
  readonly dataRoot: string;
  readonly defaultUlimits: readonly Ulimit[];
  /** Runs every container under `initPath` unless it says otherwise. */
  readonly init: boolean;
  /** Keeps processes from gaining privileges in containers that do not say. */
  readonly noNewPrivileges: boolean;
  /** Absolute path of docker-init on the host; absent when there is none. */
  readonly initPath?: string;
  /** Bytes of `/dev/shm` where a container does not say. */
  readonly defaultShmSize: number;
  readonly defaultIpcMode: 'private' | 'shareable';
  /** `host` or `private`; empty for private on cgroup v2 and host on v1. */
  readonly defaultCgroupnsMode: '' | 'host' | 'private';
  /** Switches by name: `cdi` (on when absent) for devices described by CDI documents. */
  readonly features: Readonly<Record<string, boolean>>;
  /** Where those documents are; a later directory's device takes the place of an earlier one's. */
  readonly cdiSpecDirectories: readonly string[];
  /** Features are served that may yet change: checkpoints. */
  readonly experimental: boolean;
  /** Containers go on while the daemon is away. */
  readonly liveRestore: boolean;
  /** Restart containers that become unhealthy, unless their label says otherwise. */
  readonly autoheal: boolean;
  /** How long the runtime may take to start a container; 0 or less for ever. */
  readonly startTimeout: Nanoseconds;
  /** How long a stopping daemon waits for its containers; negative for ever. */
  readonly shutdownTimeout: Nanoseconds;
}

/** All that the room needs; made and joined by the daemon alone. */
export interface ContainersDeps {
  readonly config: ConfigSource<ContainersConfig>;
  /** Where containers' FIFOs live: `<exec-root>/…`; gone with a reboot, kept over a restart of the daemon. */
  readonly runDirectory: string;
  /** Where the OCI runtime keeps its state: our own, since its default is shared by all engines of the host. */
  readonly runtimeRoot: string;
  readonly containerd: Pick<
    Containerd,
    'namespace' | 'tasks' | 'containers' | 'events' | 'stdio' | 'snapshots' | 'endStrayShims' | 'dropBundle'
  >;
  readonly files: ContainerFiles;
  readonly compression: Compression;
  readonly store: ContainerStore;
  /** Where parts of volumes and images are mounted for containers that run, one folder each; nothing else lies there. */
  readonly mountDirectory: string;
  readonly mounts: Mounts;
  readonly images: Images;
  readonly networks: Networks;
  readonly volumes: Volumes;
  readonly logs: Logs;
  readonly events: EventPublisher;
  readonly host: HostFacts;
  /** The user namespace of containers that do not say `--userns=host`; absent when the daemon has none. */
  readonly idMaps?: IdMaps;
  readonly processStatus: ProcessStatus;
  /** Programs of the host. */
  readonly programs: Pick<Programs, 'find'>;
  readonly cgroups: Cgroups;
  readonly log: Log;
  /** The daemon's own life: changes run to their end under it, whatever becomes of the client. */
  readonly lifetime: AbortSignal;
}

/** The room as its builder holds it: what the API sees, and the two ends of its life. */
export interface ContainersRoom extends Containers, AsyncDisposable {
  /**
   * At boot, before the first request: loads all records, compares them with what runs, adopts or ends it, sweeps what
   * belongs to nobody, follows containerd's events from now on, and starts what the restart policies want (not waited for).
   */
  restore(): Promise<void>;
  /** Probes of health checks since the daemon started. */
  healthChecks(): HealthCounts;
  /** Ends or (live restore) lets go of all containers. No start is possible afterwards. */
  shutdown(): Promise<void>;
}
