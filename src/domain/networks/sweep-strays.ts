// SPDX-License-Identifier: Apache-2.0
import { setTimeout } from 'node:timers/promises';
import type { NetworkNamespaces } from '../../adapters/netns/index.ts';
import type { NetworkId } from '../../base/ids.ts';
import type { ActiveNetwork } from './driver.ts';
import type { SandboxRecord } from './sandbox-record.ts';

export interface SweepStraysDeps {
  readonly namespaces: NetworkNamespaces;
  readonly namespaceDirectory: string;
  readonly networks: ReadonlyMap<NetworkId, ActiveNetwork>;
}

/** How often and how long (ms) links may still go by themselves. */
const WAITS = 20;
const WAIT = 50;

const sweepNamespaces = (
  { namespaces, namespaceDirectory }: SweepStraysDeps,
  records: readonly SandboxRecord[],
): number => {
  const paths = new Set(records.map(({ namespacePath }) => namespacePath));
  const strays = namespaces.list(namespaceDirectory).filter((path) => !paths.has(path));
  for (const path of strays) namespaces.remove(path);
  return strays.length;
};

/** All strays with what takes them away. */
const strayLinks = (
  { networks }: SweepStraysDeps,
  known: ReadonlySet<string>,
): readonly (readonly [ActiveNetwork, string])[] =>
  [...networks.values()].flatMap((active) => active.strays(known).map((name) => [active, name] as const));

/**
 * Removes namespaces and links that no sandbox on record has; gives how many. Links go with their namespaces, which the
 * kernel ends behind the removal. What then is still there is removed one by one: while many namespaces end, the kernel makes
 * each removal wait for seconds.
 */
export const sweepStrays = async (
  deps: SweepStraysDeps,
  records: readonly SandboxRecord[],
): Promise<number> => {
  const known = new Set(records.flatMap(({ endpoints }) => endpoints.map(({ hostLink }) => hostLink)));
  const swept = sweepNamespaces(deps, records);
  const found = strayLinks(deps, known);
  let left = found;
  for (let waits = 0; left.length > 0 && waits < WAITS; waits += 1) {
    await setTimeout(WAIT);
    left = strayLinks(deps, known);
  }
  for (const [active, name] of left) await active.removeStray(name);
  return swept + found.length;
};
