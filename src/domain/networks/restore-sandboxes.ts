// SPDX-License-Identifier: Apache-2.0
import { messageOf } from '../../base/errors.ts';
import { LiveSandbox, type SandboxDeps } from './live-sandbox.ts';
import type { PortTarget } from './port-elements.ts';
import { type LivePort, holdPort } from './live-port.ts';
import type { PublishDeps } from './publish-ports.ts';
import { type PublishedPort, countOf, partOf } from './published-port.ts';
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
  return endpoints.every((endpoint) => {
    const active = deps.networks.get(endpoint.network);
    return active?.isAttached(endpoint) === true || active?.reattach?.(endpoint) === true;
  });
};

/** The same ports in two halves, around one of them that is not to be had; at each address by itself before that. */
const withoutFault = (published: PublishedPort): readonly PublishedPort[] => {
  const { port, bindings } = published;
  if (bindings.length > 1) return bindings.map((binding) => ({ ...published, bindings: [binding] }));
  const half = Math.floor(countOf(published) / 2);
  if (half === 0) return [];
  return [
    partOf(published, port.number, half),
    partOf(published, port.number + half, countOf(published) - half),
  ];
};

/** Holds the ports again. One that a foreign process took meanwhile stays translated, and is told of. */
const holdAgain = async (
  deps: SandboxDeps,
  publishing: PublishDeps,
  record: SandboxRecord,
  published: PublishedPort,
): Promise<readonly LivePort[]> => {
  try {
    return [await holdPort(publishing, published, portTargetOf(record))];
  } catch (error) {
    const rests = withoutFault(published);
    if (rests.length > 0) {
      const held: LivePort[] = [];
      for (const rest of rests) held.push(...(await holdAgain(deps, publishing, record, rest)));
      return held;
    }
    const { container } = record;
    deps.log.warn('a published port could not be held again', { container, error: messageOf(error) });
    return [];
  }
};

/** The sandbox of an earlier daemon, live again; `undefined` when it is gone, and then its rest is gone too. */
export const adoptRecord = async (
  deps: SandboxDeps,
  publishing: PublishDeps,
  record: SandboxRecord,
  onRelease: () => void,
): Promise<LiveSandbox | undefined> => {
  if (isAlive(deps, record)) {
    const held: LivePort[] = [];
    for (const published of record.ports)
      held.push(...(await holdAgain(deps, publishing, record, published)));
    const sandbox = new LiveSandbox(deps, record, held, onRelease);
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
