// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';
import type { Timestamp } from '../../base/time.ts';
import type { ContainerConfig } from '../../spec/container-config.ts';
import type { ImageId } from '../../spec/digest.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import type { FormerAddresses } from '../networks/index.ts';
import type { Health } from './health/health.ts';
import type { ContainerState } from './state.ts';

/** One place in the container's file system that comes from elsewhere. */
export interface MountPoint {
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'image';
  /** Volume name or image reference; empty for binds and anonymous tmpfs. */
  readonly name: string;
  /** Path on the host; empty for tmpfs. */
  readonly source: string;
  readonly destination: string;
  readonly driver: string;
  /** As the client wrote it: `ro`, `z`, … */
  readonly mode: string;
  readonly readWrite: boolean;
  readonly propagation: string;
  /** Made when missing, at start (Binds), instead of required to be there (Mounts). */
  readonly createSource: boolean;
  readonly tmpfsOptions?: readonly string[];
  /** Only the source's own file system is bound, not what is mounted below it. */
  readonly nonRecursive?: boolean;
  /** A read-only bind leaves what is mounted below its source writable. */
  readonly readOnlyNonRecursive?: boolean;
  /** What is mounted of a volume or image instead of the whole: a path inside it. */
  readonly subpath?: string;
  /** The image that is mounted. */
  readonly imageId?: ImageId;
}

/** A legacy link, as its parent has it: another container, known to it by an alias. */
export interface ContainerLink {
  readonly child: ContainerId;
  /** The child's name when the link was made: what is left of it when the child is gone. */
  readonly name: string;
  readonly alias: string;
}

/** Everything the engine knows of a container, as it is saved. Immutable: a change is a new record (see `ledger.ts`). */
export interface Container {
  readonly schema: 1;
  readonly id: ContainerId;
  /** Without the leading slash that the API shows. */
  readonly name: string;
  readonly created: Timestamp;
  /** The program and its arguments, entrypoint and command merged. */
  readonly path: string;
  readonly args: readonly string[];
  /** Merged with the image's configuration. */
  readonly config: ContainerConfig;
  /** With all defaults filled in. */
  readonly hostConfig: HostConfig;
  readonly imageId: ImageId;
  readonly platform: string;
  readonly state: ContainerState;
  /** Known since the first run, of a container with a health check; outlives the run. */
  readonly health?: Health;
  /** Runs started by the restart policy since the last manual start. */
  readonly restartCount: number;
  readonly hasBeenStarted: boolean;
  readonly manuallyStopped: boolean;
  readonly mountPoints: readonly MountPoint[];
  /** Absent without links. */
  readonly links?: readonly ContainerLink[];
  /** By network name, as asked for. */
  readonly endpoints: Readonly<Record<string, EndpointRequest>>;
  /** Network ids by name, known since the first start; empty of those that it was connected to since it ran. */
  readonly networkIds: Readonly<Record<string, string>>;
  /** What it had in its networks when it ran last, by their names; absent: nothing yet. */
  readonly addresses?: Readonly<Record<string, FormerAddresses>>;
  readonly appArmorProfile: string;
}
