// SPDX-License-Identifier: Apache-2.0
import { messageOf } from '../../base/errors.ts';
import { LiveSandbox, type SandboxDeps } from './live-sandbox.ts';
import type { HostBinding } from '../../spec/port.ts';
import type { PortTarget } from './port-elements.ts';
import { type LivePort, type PublishDeps, holdBindings } from './publish-ports.ts';
import type { PublishedPort } from './published-port.ts';
import { type SandboxRecord, portTargetOf, readSandboxRecord } from './sandbox-record.ts';

/** What an earlier daemon left on record; what cannot be read is told of and stays. */
export const loadRecords = (deps: Pick<SandboxDeps, 'store' | 'log'>): readonly SandboxRecord[] =>
  deps.store.sandboxes.load().flatMap(({ id, document }) => {
    const record = readSandboxRecord(document);
    if (!record) deps.log.warn('a sandbox of another version is left alone', { sandbox: id });
    return record ? [record] : [];
  });

/** Takes addresses again that the sandboxes on record have. */
export const claimPlaces = (deps: Pick<SandboxDeps, 'networks'>, records: readonly SandboxRecord[]): void => {
  for (const { endpoints } of records)
    for (const endpoint of endpoints) deps.networks.get(endpoint.network)?.claim(endpoint);
};

/** The published ports on record, with the address that each leads to. */
export const publishedOnRecord = (
  records: readonly SandboxRecord[],
): readonly (readonly [PublishedPort, PortTarget])[] =>
  records.flatMap((record) => record.ports.map((port) => [port, portTargetOf(record)] as const));

const isAlive = (deps: SandboxDeps, { namespacePath, endpoints }: SandboxRecord): boolean => {
  if (namespacePath !== undefined && !deps.namespaces.exists(namespacePath)) return false;
  return endpoints.every((endpoint) => deps.networks.get(endpoint.network)?.isAttached(endpoint) ?? false);
};

/** Holds the ports again. One that a foreign process took meanwhile stays translated, and is told of. */
const holdAgain = (
  deps: SandboxDeps,
  publishing: PublishDeps,
  { ports, publishedTo, container }: SandboxRecord,
): readonly LivePort[] => {
  const hold = (port: PublishedPort['port'], binding: HostBinding): readonly LivePort[] => {
    try {
      return [holdBindings(publishing, { address: publishedTo, port }, [binding])];
    } catch (error) {
      deps.log.warn('a published port could not be held again', { container, error: messageOf(error) });
      return [];
    }
  };
  return ports.flatMap(({ port, bindings }) => bindings.flatMap((binding) => hold(port, binding)));
};

/** The sandbox of an earlier daemon, live again; `undefined` when it is gone, and then its rest is gone too. */
export const adoptRecord = (
  deps: SandboxDeps,
  publishing: PublishDeps,
  record: SandboxRecord,
  onRelease: () => void,
): LiveSandbox | undefined => {
  if (isAlive(deps, record)) {
    const sandbox = new LiveSandbox(deps, record, holdAgain(deps, publishing, record), onRelease);
    sandbox.resolveNames();
    return sandbox;
  }
  discardRecord(deps, record);
  return undefined;
};

/** Lets go of all that a sandbox on record still has. */
export const discardRecord = (deps: SandboxDeps, record: SandboxRecord): void => {
  new LiveSandbox(deps, record, [], () => undefined).release();
};
