// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { Mount } from '../../spec/mount.ts';
import { matches } from './filters-fake.ts';
import type { Labels, LeaseOptions, SnapshotInfo, SnapshotUsage, Snapshots } from './snapshots.ts';

type Options = LeaseOptions & { readonly labels?: Labels };

const noSuchSnapshot = (key: string): EngineError =>
  new EngineError('not-found', `snapshot ${key} does not exist: not found`);

/** Snapshots without files: keys, parents and kinds, with containerd's refusals. */
class FakeSnapshots implements Snapshots {
  readonly snapshotter: string;
  readonly #infos = new Map<string, SnapshotInfo>();

  constructor(snapshotter: string) {
    this.snapshotter = snapshotter;
  }

  async prepare(key: string, parent: string, options: Options = {}): Promise<readonly Mount[]> {
    return this.#add({ key, parent, kind: 'active', labels: options.labels ?? {} });
  }

  async view(key: string, parent: string, options: Options = {}): Promise<readonly Mount[]> {
    return this.#add({ key, parent, kind: 'view', labels: options.labels ?? {} });
  }

  async mounts(key: string): Promise<readonly Mount[]> {
    return this.#mountsOf(this.#find(key));
  }

  async commit(name: string, key: string, options: Options = {}): Promise<void> {
    const { parent, kind } = this.#find(key);
    if (kind !== 'active') throw new EngineError('conflict', `snapshot ${key} is not active`);
    this.#refuseExisting(name);
    this.#infos.delete(key);
    this.#infos.set(name, { key: name, parent, kind: 'committed', labels: options.labels ?? {} });
  }

  async remove(key: string): Promise<void> {
    this.#find(key);
    if ([...this.#infos.values()].some(({ parent }) => parent === key))
      throw new EngineError('conflict', `cannot remove snapshot with child: failed precondition`);
    this.#infos.delete(key);
  }

  async stat(key: string): Promise<SnapshotInfo> {
    return this.#find(key);
  }

  async usage(key: string): Promise<SnapshotUsage> {
    this.#find(key);
    return { bytes: 4096, inodes: 1 };
  }

  async *list(filters: readonly string[] = []): AsyncGenerator<SnapshotInfo> {
    for (const info of this.#infos.values()) {
      const { key: name, parent, kind, labels } = info;
      if (matches(filters, { name, parent, kind, labels })) yield info;
    }
  }

  #add(info: SnapshotInfo): readonly Mount[] {
    this.#refuseExisting(info.key);
    if (info.parent !== '' && this.#find(info.parent).kind !== 'committed')
      throw new EngineError('invalid-argument', `parent snapshot ${info.parent} is not committed`);
    this.#infos.set(info.key, info);
    return this.#mountsOf(info);
  }

  #mountsOf({ key, kind }: SnapshotInfo): readonly Mount[] {
    const options = ['rbind', kind === 'view' ? 'ro' : 'rw'];
    return [{ type: 'bind', source: `/fake/snapshots/${key}`, options }];
  }

  #refuseExisting(key: string): void {
    if (this.#infos.has(key)) throw new EngineError('conflict', `snapshot "${key}": already exists`);
  }

  #find(key: string): SnapshotInfo {
    const info = this.#infos.get(key);
    if (info === undefined) throw noSuchSnapshot(key);
    return info;
  }
}

export const createFakeSnapshots = (snapshotter: string): Snapshots => new FakeSnapshots(snapshotter);
