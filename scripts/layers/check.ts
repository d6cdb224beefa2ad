// SPDX-License-Identifier: Apache-2.0
import { findCircle } from './circles.ts';
import { importsOf } from './imports.ts';
import { RULES } from './rules.ts';

/** Every breach of the layer rules in a set of sources (path from the root → text), one line each. */
export const findBreaches = (sources: ReadonlyMap<string, string>): readonly string[] => {
  const edges = [...sources].flatMap(([path, source]) => importsOf(path, source));
  const broken = edges.flatMap((edge) =>
    RULES.filter((rule) => rule.isBrokenBy(edge)).map((rule) => `${rule.name}: ${edge.from} → ${edge.to}`),
  );
  const circle = findCircle(edges);
  return circle ? [...broken, `no-circles: ${circle.join(' → ')}`] : broken;
};
