// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { parseByteSize } from '../../spec/byte-size.ts';

/** Options of the local driver, and those that each of them needs beside it. Source: networks-volumes-plugins.md §7.2. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  type: ['device'],
  device: ['type'],
  o: ['device', 'type'],
  size: [],
};

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

/**
 * Checks what a client asks of the local driver; gives the bytes that the volume may hold, 0 for no limit.
 * @throws invalid-argument in Docker's words; for a `size`, too, where the file system has no project quotas
 */
export const checkLocalOptions = (
  options: Readonly<Record<string, string>>,
  hasQuotas: () => boolean,
): number => {
  for (const key of Object.keys(options))
    if (!Object.hasOwn(NEEDED, key)) throw invalid(`invalid option: ${JSON.stringify(key)}`);
  for (const [key, others] of Object.entries(NEEDED)) {
    if (options[key] === undefined) continue;
    // Empty ones are taken: they show at the mount.
    const missing = others.find((other) => options[other] === undefined);
    if (missing !== undefined) throw invalid(`missing required option: ${JSON.stringify(missing)}`);
  }
  const { size } = options;
  const bytes = size === undefined ? 0 : parseByteSize(size);
  if (bytes > 0 && !hasQuotas()) throw invalid('quota size requested but no quota support');
  return Math.max(bytes, 0);
};
