// SPDX-License-Identifier: Apache-2.0
import type { Container } from './container.ts';
import type { Core } from './core.ts';

/**
 * The container as it stands once the change under way is recorded. A process prints, and is signalled for it, before
 * its start is: who looks at the state meanwhile would act on one that is about to pass.
 * @throws not-found
 */
export const settled = async (deps: Pick<Core, 'ledger'>, reference: string): Promise<Container> => {
  const { id } = deps.ledger.resolve(reference);
  using _lock = await deps.ledger.lock(id);
  return deps.ledger.resolve(reference);
};
