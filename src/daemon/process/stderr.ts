// SPDX-License-Identifier: Apache-2.0
import { writeSync } from 'node:fs';

const STDERR = 2;

/**
 * Writes to stderr at once, so that a line is out before whatever happens next. A full pipe or a closed terminal loses
 * the line: the daemon must not stop for its log.
 */
export const writeStderr = (text: string): void => {
  try {
    writeSync(STDERR, text);
  } catch {
    // Nobody is left to tell.
  }
};
