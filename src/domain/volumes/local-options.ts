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
 * Checks what a client asks of the local driver.
 * @throws invalid-argument in Docker's words; for any `size`, too: it needs project quotas, which the engine does not set up
 */
export const checkLocalOptions = (options: Readonly<Record<string, string>>): void => {
  for (const key of Object.keys(options))
    if (!Object.hasOwn(NEEDED, key)) throw invalid(`invalid option: ${JSON.stringify(key)}`);
  for (const [key, others] of Object.entries(NEEDED)) {
    if ((options[key] ?? '') === '') continue;
    const missing = others.find((other) => (options[other] ?? '') === '');
    if (missing !== undefined) throw invalid(`missing required option: ${JSON.stringify(missing)}`);
  }
  const { size } = options;
  if (size !== undefined && parseByteSize(size) > 0)
    throw invalid('quota size requested but no quota support');
};
