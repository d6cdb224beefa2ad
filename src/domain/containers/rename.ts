// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { ContainerId } from '../../base/ids.ts';
import type { Core } from './core.ts';
import { noSuchContainer, prefixed } from './errors.ts';
import { releaseLinkNames, reserveLinkNames } from './links/link-names.ts';
import { parseName } from './name-table.ts';

export type RenameDeps = Pick<Core, 'ledger' | 'networks' | 'log'>;

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

/** The new name, reserved. @throws `Error when allocating new name: …` */
const allocate = (
  deps: RenameDeps,
  text: string,
  id: ContainerId,
): { readonly name: string; readonly reservation: Disposable } => {
  try {
    // Docker looks at the name with its slash, and shows it so when it is bad.
    const name = parseName(text.startsWith('/') ? text : `/${text}`);
    return { name, reservation: deps.ledger.names.reserve(name, id) };
  } catch (error) {
    throw error instanceof EngineError ? prefixed('Error when allocating new name: ', error) : error;
  }
};

/** Gives a container another name. @throws invalid-argument; conflict when the name is taken; not-found */
export const renameContainer = async (
  deps: RenameDeps,
  reference: string,
  newName: string,
): Promise<void> => {
  if (reference === '' || newName === '') throw invalid('Neither old nor new names may be empty');
  const { id } = deps.ledger.resolve(reference);
  using _lock = await deps.ledger.lock(id);
  const container = deps.ledger.get(id);
  if (!container) throw noSuchContainer(reference);
  if (newName.replace(/^\//, '') === container.name)
    throw invalid('Renaming a container with the same name as its current name');
  const { name, reservation } = allocate(deps, newName, id);
  const renamed = { ...container, name };
  const links = reserveLinkNames(deps.ledger.names, renamed, deps.log);
  try {
    await deps.ledger.record(renamed, 'rename', { oldName: `/${container.name}` });
  } catch (error) {
    links[Symbol.dispose]();
    reservation[Symbol.dispose]();
    throw error;
  }
  deps.networks.renameContainer(id, name);
  releaseLinkNames(deps.ledger.names, container);
  deps.ledger.names.release(container.name, id);
};
