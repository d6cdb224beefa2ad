// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';
import dockerNames from 'docker-names';
import { isKind } from '../../base/errors.ts';
import { type ContainerId, shortId } from '../../base/ids.ts';
import type { NameTable } from './name-table.ts';

/** How many names are tried before the id has to do, as dockerd does. */
const TRIES = 6;

/** Reserves `adjective_surname` for the container, from the second try on with a digit behind it, at last its short id. */
export const reserveGeneratedName = (
  names: NameTable,
  id: ContainerId,
  draw: () => string = () => dockerNames.getRandomName(),
): { readonly name: string; readonly reservation: Disposable } => {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const name = attempt === 0 ? draw() : `${draw()}${randomInt(10)}`;
    try {
      return { name, reservation: names.reserve(name, id) };
    } catch (error) {
      if (!isKind(error, 'conflict')) throw error;
    }
  }
  return { name: shortId(id), reservation: names.reserve(shortId(id), id) };
};
