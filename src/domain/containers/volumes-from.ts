// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import type { Container } from './container.ts';
import { parseMountMode } from './mount-mode.ts';
import type { PlannedMount } from './planned-mount.ts';

const invalid = (text: string, cause?: unknown): EngineError =>
  new EngineError('invalid-argument', text, { cause });

const findDonor = (reference: string, resolve: (reference: string) => Container): Container => {
  try {
    return resolve(reference);
  } catch (error) {
    throw invalid(messageOf(error), error);
  }
};

const splitSpec = (spec: string): { readonly reference: string; readonly words: string } => {
  if (spec === '') throw invalid('volumes-from specification cannot be an empty string');
  const colon = spec.indexOf(':');
  if (colon < 0) return { reference: spec, words: '' };
  if (colon === 0) throw invalid('invalid name or ID supplied: ""');
  return { reference: spec.slice(0, colon), words: spec.slice(colon + 1) };
};

/**
 * The mount points that `VolumesFrom` (`container[:ro]`) brings along; of two at one destination the later one.
 * @throws invalid-argument for an unknown container or a bad mode
 */
export const inheritedMounts = (
  specs: readonly string[],
  resolve: (reference: string) => Container,
): readonly PlannedMount[] => {
  const byDestination = new Map<string, PlannedMount>();
  for (const spec of specs) {
    const { reference, words } = splitSpec(spec);
    const mode = parseMountMode(words);
    // How the donor's volumes were filled and pass mounts on is the donor's matter.
    if (!mode || mode.noCopy || mode.propagation !== '') throw invalid(`invalid mode: ${words}`);
    for (const point of findDonor(reference, resolve).mountPoints) {
      const readWrite = point.readWrite && !mode.readOnly;
      // The mode was the donor's way to say it: it is not told again.
      byDestination.set(point.destination, {
        ...point,
        mode: '',
        readWrite,
        anonymous: false,
        copyUp: false,
      });
    }
  }
  return [...byDestination.values()];
};
