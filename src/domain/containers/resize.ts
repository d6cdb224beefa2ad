// SPDX-License-Identifier: Apache-2.0
import type { TerminalSize } from './containers.ts';
import type { Core } from './core.ts';
import { notRunning } from './errors.ts';
import { hasProcess } from './state.ts';

export type ResizeDeps = Pick<Core, 'ledger' | 'containerd'>;

/** Gives the container's terminal a size; one without a terminal takes note of nothing. @throws not-found; conflict when it does not run */
export const resizeContainer = async (
  deps: ResizeDeps,
  reference: string,
  size: TerminalSize,
): Promise<void> => {
  const container = deps.ledger.resolve(reference);
  if (!hasProcess(container.state)) throw notRunning(container.id);
  if (container.config.tty) await deps.containerd.tasks.resize({ id: container.id }, size);
  const { height, width } = size;
  deps.ledger.publish(container, 'resize', { height: String(height), width: String(width) });
};
