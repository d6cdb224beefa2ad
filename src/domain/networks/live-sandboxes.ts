// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { ContainerId, NetworkId } from '../../base/ids.ts';
import type { PlacedEndpoint } from './driver.ts';
import { withoutGateway } from './gateway-bridge/needs-gateway.ts';
import type { LiveSandbox } from './live-sandbox.ts';
import type { SandboxRecord } from './sandbox-record.ts';

/** The sandboxes that there are, one a container, and those of an earlier daemon that nobody has adopted yet. */
export class LiveSandboxes {
  readonly #live = new Map<ContainerId, LiveSandbox>();
  readonly #left = new Map<ContainerId, SandboxRecord>();
  readonly #discard: (record: SandboxRecord) => void;

  /** `discard` lets go of what a record of an earlier daemon names. */
  constructor(discard: (record: SandboxRecord) => void) {
    this.#discard = discard;
  }

  get all(): readonly LiveSandbox[] {
    return [...this.#live.values()];
  }

  /** Of all that are live, with the engine's own. */
  get endpoints(): readonly PlacedEndpoint[] {
    return this.all.flatMap(({ record: { endpoints } }) => endpoints);
  }

  /** Of all, adopted or not. */
  get records(): readonly SandboxRecord[] {
    return [...this.#left.values(), ...this.all.map(({ record }) => record)];
  }

  find(container: ContainerId): LiveSandbox | undefined {
    return this.#live.get(container);
  }

  /** @throws not-found */
  get(container: ContainerId): LiveSandbox {
    const sandbox = this.#live.get(container);
    if (sandbox) return sandbox;
    throw new EngineError('not-found', `sandbox for container ${container} not found`);
  }

  /** What an earlier daemon left. */
  load(records: readonly SandboxRecord[]): void {
    for (const record of records) this.#left.set(record.container, record);
  }

  left(container: ContainerId): SandboxRecord | undefined {
    return this.#left.get(container);
  }

  /** What was left of the container is adopted by this, or gone when it is absent. */
  settle(container: ContainerId, sandbox: LiveSandbox | undefined): void {
    this.#left.delete(container);
    if (sandbox) this.#live.set(container, sandbox);
  }

  keep(container: ContainerId, sandbox: LiveSandbox): void {
    this.#live.set(container, sandbox);
  }

  forget(container: ContainerId): void {
    this.#live.delete(container);
  }

  /** Lets go of the container that goes by this name or id in the network; false when there is none. */
  releaseStranger(network: NetworkId, reference: string): boolean {
    const endpoint = this.records
      .flatMap(({ endpoints }) => withoutGateway(endpoints))
      .find((one) => one.network === network && [one.container, one.containerName].includes(reference));
    if (endpoint) this.release(endpoint.container);
    return endpoint !== undefined;
  }

  /** Lets go of whatever the container has, of this daemon and of an earlier one. */
  release(container: ContainerId): void {
    this.#live.get(container)?.release();
    const record = this.#left.get(container);
    if (!record) return;
    this.#left.delete(container);
    this.#discard(record);
  }
}
