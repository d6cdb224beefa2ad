// SPDX-License-Identifier: Apache-2.0
import type { Volume, Volumes } from '../../../domain/volumes/index.ts';
import { booleanFilter, type Filters, matchLabels, refuseUnknownFilters } from '../../../spec/filters.ts';
import type { Route } from '../../route.ts';
import { volumeBody } from '../../wire/volumes.ts';

const KNOWN = ['dangling', 'driver', 'label', 'name'];

type Held = Pick<Volumes, 'holders'>;

/** True when `volume` is what `filters` ask for; names match in part. */
const matches = (volume: Volume, filters: Filters, dangling: boolean | undefined, volumes: Held): boolean => {
  const { driver = [], name = [], label } = filters;
  if (driver.length > 0 && !driver.includes(volume.driver)) return false;
  if (name.length > 0 && !name.some((part) => volume.name.includes(part))) return false;
  if (!matchLabels(label, volume.labels)) return false;
  return dangling === undefined || (volumes.holders(volume.name).length === 0) === dangling;
};

export const volumeListRoute = (volumes: Pick<Volumes, 'list' | 'holders'>): Route => ({
  method: 'GET',
  path: '/volumes',
  operation: 'VolumeList',
  handle: (exchange) => {
    const filters = exchange.query.filters();
    refuseUnknownFilters(filters, KNOWN);
    const dangling = booleanFilter(filters, 'dangling');
    const found = volumes.list().filter((volume) => matches(volume, filters, dangling, volumes));
    exchange.json({ Volumes: found.map(volumeBody), Warnings: null });
  },
});
