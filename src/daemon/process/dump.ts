// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatRfc3339, now } from '../../base/time.ts';

/** Writes what the process is doing (stack, handles, memory; as JSON) into the exec root. Gives the file's path. */
export const writeDump = (execRoot: string): string => {
  const time = formatRfc3339(now()).replaceAll(':', '');
  const path = join(execRoot, `goroutine-stacks-${time}.log`);
  const report = process.report.getReport() as { environmentVariables?: unknown };
  delete report.environmentVariables;
  writeFileSync(path, `${JSON.stringify({ active: process.getActiveResourcesInfo(), report }, null, 2)}\n`, {
    mode: 0o600,
  });
  return path;
};
