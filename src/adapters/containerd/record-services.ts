// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { isKind } from '../../base/errors.ts';
import { type Nanoseconds, formatRfc3339, milliseconds, now, type Timestamp } from '../../base/time.ts';
import type { Digest } from '../../spec/digest.ts';
import { ociAny } from './any.ts';
import { Containers } from './gen/containerd/services/containers/v1/containers_pb.ts';
import { Diff } from './gen/containerd/services/diff/v1/diff_pb.ts';
import { type Image, Images } from './gen/containerd/services/images/v1/images_pb.ts';
import { Leases as LeaseService } from './gen/containerd/services/leases/v1/leases_pb.ts';
import type { Descriptor as ProtoDescriptor } from './gen/containerd/types/descriptor_pb.ts';
import type { GrpcClient } from './grpc/client.ts';
import { underLease } from './lease-metadata.ts';
import type { ContainerRecords, Descriptor, Diffs, ImageRecord, ImageRecords, Leases } from './records.ts';

/** The label that ends a lease: RFC 3339. Source: containerd's documentation, "Garbage Collection". */
const EXPIRE_LABEL = 'containerd.io/gc.expire';

const toProto = ({ mediaType, digest, size, annotations }: Descriptor) => ({
  mediaType,
  digest,
  size: BigInt(size),
  annotations: { ...annotations },
});

const fromProto = ({ mediaType, digest, size, annotations }: ProtoDescriptor): Descriptor => ({
  mediaType,
  digest: digest as Digest,
  size: Number(size),
  ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
});

const recordOf = ({ name, labels, target }: Image): ImageRecord => ({
  name,
  labels,
  target: fromProto(target as ProtoDescriptor),
});

/** containerd's image service. */
export const createImageRecords = (client: GrpcClient): ImageRecords => ({
  get: async (name) => {
    const { image } = await client.unary(Images.method.get, { name });
    return recordOf(image as Image);
  },
  list: async (filters = []) => {
    const { images } = await client.unary(Images.method.list, { filters: [...filters] });
    return images.map(recordOf);
  },
  put: async ({ name, target, labels }, options) => {
    const image = { name, target: toProto(target), labels: { ...labels } };
    const call = underLease(options);
    try {
      await client.unary(Images.method.create, { image }, call);
    } catch (error) {
      if (!isKind(error, 'conflict')) throw error;
      // No mask: the whole record is replaced.
      await client.unary(Images.method.update, { image }, call);
    }
  },
  delete: async (name, { sync = false } = {}) => {
    await client.unary(Images.method.delete, { name, sync });
  },
});

const expiry = (span: number | undefined): Record<string, string> => {
  if (span === undefined) return {};
  return { [EXPIRE_LABEL]: formatRfc3339((now() + milliseconds(span)) as Timestamp) };
};

/** containerd's lease service. */
export const createLeases = (client: GrpcClient): Leases => ({
  create: async ({ id = `berth-${randomUUID()}`, expiresIn, labels }) => {
    await client.unary(LeaseService.method.create, { id, labels: { ...labels, ...expiry(expiresIn) } });
    return id;
  },
  delete: async (id, { sync = false } = {}) => {
    try {
      await client.unary(LeaseService.method.delete, { id, sync });
    } catch (error) {
      if (!isKind(error, 'not-found')) throw error;
    }
  },
  list: async (filters = []) => {
    const { leases } = await client.unary(LeaseService.method.list, { filters: [...filters] });
    return leases.map(({ id, labels }) => ({ id, labels }));
  },
  addResource: async (id, resource) => {
    await client.unary(LeaseService.method.addResource, { id, resource: { ...resource } });
  },
});

/** containerd's diff service. A layer may take as long as it takes: `deadline` is that of the unpacking. */
export const createDiffs = (client: GrpcClient, deadline: Nanoseconds): Diffs => ({
  apply: async (layer, mounts, options) => {
    const request = {
      diff: toProto(layer),
      mounts: mounts.map((mount) => ({ ...mount, options: [...mount.options] })),
    };
    const { applied } = await client.unary(Diff.method.apply, request, { ...underLease(options), deadline });
    return fromProto(applied as ProtoDescriptor);
  },
});

/** containerd's container records. */
export const createContainerRecords = (client: GrpcClient): ContainerRecords => ({
  create: async ({ id, image, snapshotter, snapshotKey, runtime, spec, labels }) => {
    const container = {
      id,
      image,
      snapshotter,
      snapshotKey,
      labels: { ...labels },
      runtime: { name: runtime },
      spec: ociAny('Spec', spec),
    };
    await client.unary(Containers.method.create, { container });
  },
  list: async (filters = []) => {
    const { containers } = await client.unary(Containers.method.list, { filters: [...filters] });
    return containers.map(({ id, labels }) => ({ id, labels }));
  },
  delete: async (id) => {
    await client.unary(Containers.method.delete, { id });
  },
});
