// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NetworkNamespace } from './network-namespace.ts';

/** Waits until the links of a namespace, without `lo`, are these alone: cables go a moment after their containers. */
export async function linksUntil(
  netns: NetworkNamespace,
  wanted: readonly string[],
  patience = 10_000,
): Promise<void> {
  const sorted = wanted.toSorted();
  const deadline = performance.now() + patience;
  for (;;) {
    const links = (await netns.links()).toSorted();
    if (links.join() === sorted.join()) return;
    if (performance.now() > deadline) assert.deepEqual(links, sorted);
    await sleep(50);
  }
}
