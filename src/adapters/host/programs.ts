// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** Programs of the host: where they are and what they say of themselves. Each is run at most once, when the daemon starts. */
export interface Programs {
  /** The absolute path of `name`, looked for as dockerd does: libexec directories first, then the search path. */
  find(name: string): string | undefined;
  /** What the program prints to stdout; `undefined` when it is missing or fails. */
  ask(path: string, args: readonly string[]): Promise<string | undefined>;
}

/** Where Docker's own programs are installed. */
const LIBEXEC = [
  '/usr/local/libexec/docker',
  '/usr/libexec/docker',
  '/usr/local/lib/docker',
  '/usr/lib/docker',
];

/** How long (ms) a program may take to say its version. */
const PATIENCE = 5000;

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Programs found in the libexec directories and along `searchPath` (directories joined by colons). */
export const createPrograms = (searchPath: string): Programs => {
  const directories = [...LIBEXEC, ...searchPath.split(':').filter(isAbsolute)];
  return {
    find: (name) => {
      if (isAbsolute(name)) return isExecutable(name) ? name : undefined;
      return directories.map((directory) => join(directory, name)).find(isExecutable);
    },
    ask: async (path, args) => {
      const answer = Promise.withResolvers<string | undefined>();
      execFile(path, [...args], { timeout: PATIENCE }, (error, stdout) =>
        answer.resolve(error ? undefined : stdout),
      );
      return answer.promise;
    },
  };
};
