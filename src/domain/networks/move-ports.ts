// SPDX-License-Identifier: Apache-2.0
import { messageOf } from '../../base/errors.ts';
import type { LiveSandbox } from './live-sandbox.ts';
import { type SettlePortsDeps, settlePorts } from './settle-ports.ts';

/**
 * Brings the ports of a sandbox to the endpoints by which packets leave now. The container goes on without them when
 * they are not to be had any more: that is told of.
 */
export const movePorts = async (deps: SettlePortsDeps, sandbox: LiveSandbox): Promise<void> => {
  const { publish = [], container } = sandbox.record;
  if (publish.length === 0) return;
  try {
    await settlePorts(deps, sandbox, publish);
  } catch (error) {
    deps.log.warn('ports could not be published at another network', {
      container,
      error: messageOf(error),
    });
    await settlePorts(deps, sandbox, []);
    sandbox.change({ ...sandbox.record, publish });
  }
};
