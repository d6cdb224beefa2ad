// SPDX-License-Identifier: Apache-2.0
import { isKind } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { type Nanoseconds, seconds } from '../../base/time.ts';
import type { Content } from './content.ts';
import { createLocalContent } from './content-local.ts';
import { createContent } from './content-service.ts';
import { endStrayShims } from './stray-shims.ts';
import { createTaskEvents } from './event-stream.ts';
import { createStdioFactory } from './fifos.ts';
import { Introspection } from './gen/containerd/services/introspection/v1/introspection_pb.ts';
import { Namespaces } from './gen/containerd/services/namespaces/v1/namespace_pb.ts';
import { Version } from './gen/containerd/services/version/v1/version_pb.ts';
import { GrpcClient } from './grpc/client.ts';
import { Connection } from './grpc/connection.ts';
import { createContainerRecords, createDiffs, createImageRecords, createLeases } from './record-services.ts';
import type { ContainerRecords, Diffs, ImageRecords, Leases } from './records.ts';
import { dropBundle } from './lost-bundle.ts';
import { createSnapshots } from './snapshot-service.ts';
import type { Snapshots } from './snapshots.ts';
import type { StdioFactory } from './stdio.ts';
import type { TaskEvents } from './task-events.ts';
import { createTasks } from './task-service.ts';
import type { Tasks } from './tasks.ts';

export interface ContainerdVersion {
  readonly version: string;
  readonly revision: string;
}

/** Everything Berth asks of containerd, in one namespace. Disposing closes the connection, not containerd. */
export interface Containerd extends AsyncDisposable {
  readonly address: string;
  readonly namespace: string;
  readonly containers: ContainerRecords;
  readonly content: Content;
  readonly diffs: Diffs;
  readonly events: TaskEvents;
  readonly images: ImageRecords;
  readonly leases: Leases;
  readonly snapshots: Snapshots;
  readonly stdio: StdioFactory;
  readonly tasks: Tasks;
  version(): Promise<ContainerdVersion>;
  /** Ids of loaded plugins with their errors (introspection), e.g. whether the overlayfs snapshotter works. */
  plugins(): Promise<readonly { readonly type: string; readonly id: string; readonly error?: string }[]>;
  /** Makes the namespace unless it is there. The daemon calls it once, after it has found containerd. */
  ensureNamespace(): Promise<void>;
  /**
   * Ends shims of ours whose task `isKnown` denies and containerd has lost, as a cut-off call can, with all that they
   * started; containerd has `patience` ms to do so by itself. Gives whose were ended.
   */
  endStrayShims(isKnown: (id: string) => boolean, patience?: number): Promise<readonly string[]>;
  /** Removes what is left on disk of a task that containerd has lost; nothing where containerd's files are not ours. */
  dropBundle(id: string): Promise<void>;
}

/** How long calls may take that say nothing else, their wait for a lost connection included. */
export interface ContainerdDeadlines {
  /** Plain calls. */
  readonly call: Nanoseconds;
  /** Calls that run the OCI runtime (create, start, exec, delete). */
  readonly task: Nanoseconds;
  /** Unpacking a layer. */
  readonly unpack: Nanoseconds;
}

export interface ContainerdOptions {
  /** Path of containerd's socket. */
  readonly address: string;
  readonly namespace: string;
  readonly log: Log;
  /** `overlayfs` when absent. */
  readonly snapshotter?: string;
  /** containerd's own `root` directory when it is on this machine: then large blobs go by file instead of by call. */
  readonly root?: string;
  /** containerd's own `state` directory when it is ours: then tasks that it lost can be tidied up. */
  readonly state?: string;
  readonly deadlines?: Partial<ContainerdDeadlines>;
}

const DEADLINES: ContainerdDeadlines = { call: seconds(60), task: seconds(120), unpack: seconds(3600) };

/** The real containerd behind a unix socket. No I/O happens before the first call. */
export const createContainerd = (options: ContainerdOptions): Containerd => {
  const { address, namespace, log, snapshotter = 'overlayfs', root, state } = options;
  const deadlines = { ...DEADLINES, ...options.deadlines };
  const connection = new Connection(address, log);
  const metadata = { 'containerd-namespace': namespace };
  const client = new GrpcClient({ connection, metadata, deadline: deadlines.call });
  return {
    address,
    namespace,
    containers: createContainerRecords(client),
    content: root === undefined ? createContent(client) : createLocalContent(client, root),
    diffs: createDiffs(client, deadlines.unpack),
    events: createTaskEvents({ client, namespace, log }),
    images: createImageRecords(client),
    leases: createLeases(client),
    snapshots: createSnapshots(client, snapshotter),
    stdio: createStdioFactory(),
    tasks: createTasks(client, deadlines.task),
    version: async () => {
      const { version, revision } = await client.unary(Version.method.version, {});
      return { version, revision };
    },
    plugins: async () => {
      const { plugins } = await client.unary(Introspection.method.plugins, {});
      return plugins.map(({ type, id, initErr }) =>
        initErr === undefined ? { type, id } : { type, id, error: initErr.message },
      );
    },
    ensureNamespace: async () => {
      try {
        await client.unary(Namespaces.method.create, { namespace: { name: namespace } });
      } catch (error) {
        if (!isKind(error, 'conflict')) throw error;
      }
    },
    endStrayShims: (isKnown, patience) => endStrayShims({ address, namespace }, isKnown, patience),
    dropBundle: async (id) => {
      if (root !== undefined && state !== undefined) await dropBundle({ root, state, namespace }, id);
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
};
