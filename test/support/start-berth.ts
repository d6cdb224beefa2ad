// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemon, type DaemonOptions } from './daemon.ts';
import type { Engine } from './engine.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The argv that starts berthd: $BERTH_COMMAND (split at blanks), else bin/berthd of this checkout. */
export function berthCommand(): readonly string[] {
  const named = process.env['BERTH_COMMAND'];
  return named === undefined ? [join(ROOT, 'bin/berthd')] : named.split(' ');
}

/** True when this checkout can start a berthd. */
export function hasBerth(): boolean {
  return process.env['BERTH_COMMAND'] !== undefined || existsSync(join(ROOT, 'bin/berthd'));
}

/** Starts berthd on its own roots, in its own network namespace, supervising its own containerd. */
export async function startBerth(options: DaemonOptions = {}): Promise<Engine> {
  return startDaemon({ kind: 'berth', argv: berthCommand(), env: {}, flags: [] }, options);
}
