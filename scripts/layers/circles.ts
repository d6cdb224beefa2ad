// SPDX-License-Identifier: Apache-2.0
import type { Import } from './imports.ts';

/** The first way from `node` back to a file that is on the way already. */
const walk = (
  node: string,
  next: ReadonlyMap<string, readonly string[]>,
  path: readonly string[],
  done: Set<string>,
): readonly string[] | undefined => {
  const start = path.indexOf(node);
  if (start >= 0) return [...path.slice(start), node];
  if (done.has(node)) return undefined;
  for (const target of next.get(node) ?? []) {
    const circle = walk(target, next, [...path, node], done);
    if (circle) return circle;
  }
  done.add(node);
  return undefined;
};

/** A circle of imports (type imports count) as the files along it, first and last the same; `undefined` when there is none. */
export const findCircle = (edges: readonly Import[]): readonly string[] | undefined => {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  for (const node of next.keys()) {
    const circle = walk(node, next, [], done);
    if (circle) return circle;
  }
  return undefined;
};
