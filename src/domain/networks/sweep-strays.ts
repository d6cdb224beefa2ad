// SPDX-License-Identifier: Apache-2.0
import type { NetworkNamespaces } from '../../adapters/netns/index.ts';
import type { NetworkId } from '../../base/ids.ts';
import type { ActiveNetwork } from './driver.ts';
import type { SandboxRecord } from './sandbox-record.ts';

export interface SweepStraysDeps {
  readonly namespaces: NetworkNamespaces;
  readonly namespaceDirectory: string;
  readonly networks: ReadonlyMap<NetworkId, ActiveNetwork>;
}

const sweepNamespaces = (
  { namespaces, namespaceDirectory }: SweepStraysDeps,
  records: readonly SandboxRecord[],
): number => {
  const paths = new Set(records.map(({ namespacePath }) => namespacePath));
  const strays = namespaces.list(namespaceDirectory).filter((path) => !paths.has(path));
  for (const path of strays) namespaces.remove(path);
  return strays.length;
};

/** Removes namespaces and links that no sandbox on record has; gives how many. */
export const sweepStrays = (deps: SweepStraysDeps, records: readonly SandboxRecord[]): number => {
  const endpoints = records.flatMap((record) => record.endpoints);
  const links = new Set(endpoints.map(({ hostLink }) => hostLink));
  const swept = sweepNamespaces(deps, records);
  return [...deps.networks.values()].reduce((sum, active) => sum + active.sweep(links), swept);
};
