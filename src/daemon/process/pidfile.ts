// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { disposable } from '../../base/disposal.ts';
import { EngineError } from '../../base/errors.ts';

const readPid = (path: string): number | undefined => {
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
};

/** A process that has ended and that nobody has asked for yet (a zombie) does not run. */
const isRunning = (pid: number): boolean => {
  const path = `/proc/${pid}/stat`;
  try {
    const stat = readFileSync(path, 'utf8');
    // The state stands behind the name, which may hold anything, parentheses too. Source: proc(5).
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
};

/**
 * Writes this process's id to `path`, until disposed of. A file left by a process that is gone is written over.
 * @throws conflict `process with PID N is still running`
 */
export const writePidfile = (path: string): Disposable => {
  const other = readPid(path);
  if (other !== undefined && other !== process.pid && isRunning(other))
    throw new EngineError(
      'conflict',
      `ensure docker is not running or delete ${path}: process with PID ${other} is still running`,
    );
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, String(process.pid), { mode: 0o644 });
  return disposable(() => {
    if (readPid(path) === process.pid) rmSync(path, { force: true });
  });
};
