// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../base/errors.ts';
import { readConfigFile } from './config-file.ts';
import { type OptionName, optionRows, type Settings } from './options/table.ts';
import { validateSettings } from './validate.ts';

/** Where daemon.json stands when no flag says otherwise. */
const CONFIG_FILE = '/etc/docker/daemon.json';

/** Flags and file before they are joined: a reload reads the file anew and keeps the flags. */
export interface Sources {
  readonly flags: Settings;
  readonly file: Settings;
  readonly path: string;
}

/** Runtimes of both sides stand together; of anything else there is one. */
export const joinSettings = (file: Settings, flags: Settings): Settings => {
  const runtimes = { ...file['add-runtime'], ...flags['add-runtime'] };
  const joined = { ...file, ...flags };
  return Object.keys(runtimes).length === 0 ? joined : { ...joined, 'add-runtime': runtimes };
};

/** Reads the file that `flags` name. @throws invalid-argument, in dockerd's words */
export const readSources = (flags: Settings): Sources => {
  const path = flags['config-file'] ?? CONFIG_FILE;
  validateSettings(flags);
  const file = readConfigFile(path, flags['config-file'] !== undefined, flags);
  checkFile(
    path,
    joinSettings(file, flags),
    'merged configuration validation from file and command line flags failed: ',
  );
  return { flags, file, path };
};

const checkFile = (path: string, joined: Settings, prefix: string): void => {
  try {
    validateSettings(joined);
  } catch (cause) {
    const message = prefix + messageOf(cause);
    throw new EngineError(
      'invalid-argument',
      `unable to configure the Docker daemon with file ${path}: ${message}`,
      { cause },
    );
  }
};

/**
 * The sources after a SIGHUP: reloadable keys as the file has them now; absent ones keep their value, except those that
 * go back to their default. @throws invalid-argument; then nothing has changed
 */
export const rereadSources = (before: Sources): Sources => {
  const fresh = readConfigFile(before.path, before.flags['config-file'] !== undefined, before.flags);
  const file = new Map<OptionName, unknown>(Object.entries(before.file) as [OptionName, unknown][]);
  for (const [name, option] of optionRows()) {
    if (option.reload === undefined) continue;
    if (fresh[name] !== undefined) file.set(name, fresh[name]);
    else if (option.reload === 'reset') file.delete(name);
  }
  const sources = { ...before, file: Object.fromEntries(file) as Settings };
  checkFile(before.path, joinSettings(sources.file, before.flags), 'file configuration validation failed: ');
  return sources;
};
