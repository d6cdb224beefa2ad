// SPDX-License-Identifier: Apache-2.0
import type { Content } from './content.ts';
import type { ContainerRecords, Diffs, ImageRecords, Leases } from './records.ts';
import type { Snapshots } from './snapshots.ts';
import type { StdioFactory } from './stdio.ts';
import type { TaskEvents } from './task-events.ts';
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
}
