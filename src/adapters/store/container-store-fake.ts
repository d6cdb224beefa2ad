// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { ContainerDocuments, ContainerStore, FoundContainer } from './container-store.ts';

/** A store in memory, for tests: what was saved, and a switch that makes the disk full. */
export class FakeContainerStore implements ContainerStore {
  readonly saved = new Map<string, { config: object; hostConfig: object }>();
  readonly files = new Map<string, string>();
  readonly broken = new Map<string, string>();
  full = false;

  directory(id: string): string {
    return `/fake/containers/${id}`;
  }

  async save(id: string, documents: ContainerDocuments): Promise<void> {
    await Promise.resolve();
    if (this.full) throw new EngineError('insufficient-storage', 'no space left on device');
    const hostConfig = documents.hostConfig ?? this.saved.get(id)?.hostConfig;
    if (!hostConfig) throw new EngineError('internal', 'a first save without a host configuration');
    this.saved.set(id, { config: documents.config, hostConfig });
  }

  async writeFile(id: string, name: string, text: string): Promise<void> {
    await Promise.resolve();
    this.files.set(`${id}/${name}`, text);
  }

  async readFile(id: string, name: string): Promise<string> {
    await Promise.resolve();
    const text = this.files.get(`${id}/${name}`);
    if (text === undefined) throw new EngineError('not-found', `no such file: ${name}`);
    return text;
  }

  async load(): Promise<readonly FoundContainer[]> {
    await Promise.resolve();
    const copy = (value: object): unknown => JSON.parse(JSON.stringify(value)) as unknown;
    return [
      ...[...this.saved].map(([id, { config, hostConfig }]) => ({
        id,
        config: copy(config),
        hostConfig: copy(hostConfig),
      })),
      ...[...this.broken].map(([id, broken]) => ({ id, broken })),
    ];
  }

  async remove(id: string): Promise<void> {
    await Promise.resolve();
    this.saved.delete(id);
  }
}
