// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { PlannedMount } from './planned-mount.ts';

const isWithin = (path: string, parent: string): boolean =>
  parent === '/' || path === parent || path.startsWith(`${parent}/`);

/** Whether a source lies in the engine's own files, or they in it. */
export const holdsDataRoot = (source: string, dataRoot: string): boolean =>
  isWithin(source, dataRoot) || isWithin(dataRoot, source);

/**
 * A bind that takes in the engine's files must see mounts there come and go, or it would keep file systems of removed
 * containers alive: it becomes a slave of the host's. `asked` is the client's propagation, empty when left open.
 * @throws invalid-argument for a propagation that keeps it from that
 */
export const followDataRoot = (mount: PlannedMount, asked: string, dataRoot: string): PlannedMount => {
  if (mount.type !== 'bind' || !holdsDataRoot(mount.source, dataRoot)) return mount;
  if (asked === '') return { ...mount, propagation: 'rslave' };
  if (asked === 'rslave' || asked === 'rshared') return mount;
  throw new EngineError(
    'invalid-argument',
    'invalid mount config: must use either propagation mode "rslave" or "rshared" when mount source is within the ' +
      `daemon root, daemon root: ${JSON.stringify(dataRoot)}, bind mount source: ${JSON.stringify(mount.source)}, ` +
      `propagation: ${JSON.stringify(asked)}`,
  );
};
