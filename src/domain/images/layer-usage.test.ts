// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal } from 'node:assert/strict';
import { it } from 'node:test';
import type { Image } from './image.ts';
import { layerUsage } from './layer-usage.ts';

const image = (...layers: readonly (readonly [string, number])[]): Image =>
  ({
    diffIds: layers.map(([digest]) => digest),
    history: [
      { createdBy: '', comment: '', emptyLayer: true, size: 0 },
      ...layers.map(([, size]) => ({ createdBy: '', comment: '', emptyLayer: false, size })),
    ],
  }) as unknown as Image;

it('a layer that images share counts once, and is told of each', () => {
  const base = image(['a', 10]);
  const above = image(['a', 10], ['b', 5]);
  const other = image(['b', 5]);
  const { total, shared } = layerUsage([base, above, other]);
  equal(total, 20);
  deepEqual([shared.get(base), shared.get(above), shared.get(other)], [10, 10, 0]);
});
