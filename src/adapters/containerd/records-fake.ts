// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { EngineError } from '../../base/errors.ts';
import { matches } from './filters-fake.ts';
import type {
  ContainerRecord,
  ContainerRecords,
  Diffs,
  ImageRecord,
  ImageRecords,
  Leases,
} from './records.ts';
import type { Labels } from './snapshots.ts';

const noSuch = (what: string, name: string): EngineError =>
  new EngineError('not-found', `${what} "${name}": not found`);

/** Image records in memory; their deletion collects nothing. */
export const createFakeImageRecords = (): ImageRecords => {
  const records = new Map<string, ImageRecord>();
  return {
    get: async (name) => {
      const record = records.get(name);
      if (record === undefined) throw noSuch('image', name);
      return record;
    },
    list: async (filters = []) =>
      [...records.values()].filter(({ name, labels }) => matches(filters, { name, labels })),
    put: async (image) => void records.set(image.name, image),
    delete: async (name) => {
      if (!records.delete(name)) throw noSuch('image', name);
    },
  };
};

/** Leases in memory; they never end by themselves. */
export const createFakeLeases = (): Leases => {
  const leases = new Map<string, { readonly id: string; readonly labels: Labels }>();
  return {
    create: async ({ id = `berth-${randomUUID()}`, labels = {} }) => {
      if (leases.has(id)) throw new EngineError('conflict', `lease "${id}": already exists`);
      leases.set(id, { id, labels });
      return id;
    },
    delete: async (id) => void leases.delete(id),
    list: async (filters = []) =>
      [...leases.values()].filter(({ id, labels }) => matches(filters, { id, labels })),
    addResource: async (id) => {
      if (!leases.has(id)) throw noSuch('lease', id);
    },
  };
};

/** Unpacks nothing: the layer is given back as if it had not been compressed. */
export const createFakeDiffs = (): Diffs => ({
  apply: async (layer) => ({ ...layer, mediaType: 'application/vnd.oci.image.layer.v1.tar' }),
});

/** Container records in memory, and `find` for the tasks that are made from them. */
export const createFakeContainerRecords = (): ContainerRecords & {
  find(id: string): ContainerRecord | undefined;
} => {
  const records = new Map<string, ContainerRecord>();
  return {
    find: (id) => records.get(id),
    create: async (record) => {
      if (records.has(record.id))
        throw new EngineError('conflict', `container "${record.id}": already exists`);
      records.set(record.id, record);
    },
    list: async (filters = []) =>
      [...records.values()]
        .filter(({ id, image, labels }) => matches(filters, { id, image, labels }))
        .map(({ id, labels }) => ({ id, labels })),
    delete: async (id) => {
      if (!records.delete(id)) throw noSuch('container', id);
    },
  };
};
