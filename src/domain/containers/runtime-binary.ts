// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../base/errors.ts';
import { randomId } from '../../base/ids.ts';
import type { ContainersConfig } from './deps.ts';

type RuntimeSource = Pick<ContainersConfig, 'runtimes' | 'dataRoot'>;

/** A word as the shell reads it back. */
const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Writes `text` as a program at `path`, whole or not at all. */
const writeProgram = async (path: string, text: string): Promise<void> => {
  const fresh = `${path}.${randomId().slice(0, 12)}`;
  await writeFile(fresh, text, { mode: 0o700 });
  await rename(fresh, path);
};

/**
 * The program that containerd's shim calls for the runtime `name`. The shim passes no arguments of ours on: a runtime
 * that has some gets a script, named for its content, so that containers of an older configuration keep theirs.
 * @throws invalid-argument for a name that is not configured
 */
export const runtimeBinary = async ({ runtimes, dataRoot }: RuntimeSource, name: string): Promise<string> => {
  const runtime = Object.hasOwn(runtimes, name) ? runtimes[name] : undefined;
  // It may have been taken out of the configuration since: another one would guard the container otherwise.
  if (!runtime) throw new EngineError('invalid-argument', `unknown or invalid runtime name: ${name}`);
  const { binary, args = [] } = runtime;
  if (args.length === 0) return binary;
  const text = `#!/bin/sh\nexec ${[binary, ...args].map(quoted).join(' ')} "$@"\n`;
  const folder = join(dataRoot, 'runtimes');
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const path = join(folder, `${name}.${hash}`);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeProgram(path, text);
  return path;
};
