// SPDX-License-Identifier: Apache-2.0
import type { Mount } from '../../spec/mount.ts';
import {
  type Info,
  Kind,
  Snapshots as Service,
} from './gen/containerd/services/snapshots/v1/snapshots_pb.ts';
import type { GrpcClient } from './grpc/client.ts';
import { underLease } from './lease-metadata.ts';
import type { SnapshotInfo, Snapshots } from './snapshots.ts';

const KINDS: Readonly<Record<number, SnapshotInfo['kind']>> = {
  [Kind.UNKNOWN]: 'unknown',
  [Kind.VIEW]: 'view',
  [Kind.ACTIVE]: 'active',
  [Kind.COMMITTED]: 'committed',
};

const infoOf = ({ name, parent, kind, labels }: Info): SnapshotInfo => ({
  key: name,
  parent,
  kind: KINDS[kind] ?? 'unknown',
  labels,
});

const mountsOf = (mounts: readonly Mount[]): readonly Mount[] =>
  mounts.map(({ type, source, options }) => ({ type, source, options }));

/** containerd's snapshot service for one snapshotter. */
export const createSnapshots = (client: GrpcClient, snapshotter: string): Snapshots => ({
  snapshotter,
  prepare: async (key, parent, options) => {
    const request = { snapshotter, key, parent, labels: { ...options?.labels } };
    const { mounts } = await client.unary(Service.method.prepare, request, underLease(options));
    return mountsOf(mounts);
  },
  view: async (key, parent, options) => {
    const request = { snapshotter, key, parent, labels: { ...options?.labels } };
    const { mounts } = await client.unary(Service.method.view, request, underLease(options));
    return mountsOf(mounts);
  },
  mounts: async (key) => {
    const { mounts } = await client.unary(Service.method.mounts, { snapshotter, key });
    return mountsOf(mounts);
  },
  commit: async (name, key, options) => {
    const request = { snapshotter, name, key, labels: { ...options?.labels } };
    await client.unary(Service.method.commit, request, underLease(options));
  },
  remove: async (key) => {
    await client.unary(Service.method.remove, { snapshotter, key });
  },
  stat: async (key) => {
    const { info } = await client.unary(Service.method.stat, { snapshotter, key });
    return infoOf(info as Info);
  },
  usage: async (key) => {
    const { size, inodes } = await client.unary(Service.method.usage, { snapshotter, key });
    return { bytes: Number(size), inodes: Number(inodes) };
  },
  list: async function* (filters = []) {
    for await (const { info } of client.serverStream(Service.method.list, {
      snapshotter,
      filters: [...filters],
    }))
      yield* info.map(infoOf);
  },
});
