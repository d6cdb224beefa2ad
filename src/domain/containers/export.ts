// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type ContainerViewDeps, openContainerView } from './container-view.ts';
import type { ArchiveStream } from './containers.ts';

export type ExportDeps = ContainerViewDeps;

/** The container's root file system as a tar stream, without what is mounted in it. @throws conflict for one that is no more */
export const exportContainer = async (deps: ExportDeps, reference: string): Promise<ArchiveStream> => {
  const { id, state } = deps.ledger.resolve(reference);
  if (state.status === 'dead')
    throw new EngineError('conflict', `You cannot export container ${id} which is Dead`);
  if (state.status === 'removing')
    throw new EngineError('conflict', `You cannot export container ${id} which is being removed`);
  const { container, view } = await openContainerView(deps, reference, { bare: true });
  deps.ledger.publish(container, 'export');
  return { content: view.pack({ path: '/', mapped: true }), [Symbol.dispose]: () => view[Symbol.dispose]() };
};
