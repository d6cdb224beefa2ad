// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';

/** Does `work` and tells the debug log how long it took, in milliseconds: the bench makes its breakdown of a start of it. */
export const timeStage = async <Value>(
  { log }: { readonly log: Log },
  container: ContainerId,
  stage: string,
  work: () => Promise<Value>,
): Promise<Value> => {
  const begun = performance.now();
  try {
    return await work();
  } finally {
    log.debug('a stage is done', { stage, container, took: performance.now() - begun });
  }
};
