// SPDX-License-Identifier: Apache-2.0
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { openDatagrams, openJournalSocket } from './datagrams.ts';
import { fileError } from './go-error.ts';
import { createHttpClient } from './http-client.ts';
import type { LogTargets } from './log-targets.ts';
import { connectStream } from './stream-connection.ts';

/** The targets that the host reaches; `proxyEnvironment` holds HTTP_PROXY, HTTPS_PROXY and NO_PROXY as far as they are set. */
export const createLogTargets = (options: {
  readonly proxyEnvironment: Readonly<Record<string, string>>;
}): LogTargets => ({
  connect: connectStream,
  openDatagrams,
  openJournal: async (path) => openJournalSocket(path),
  httpClient: (trust) => createHttpClient(trust, options.proxyEnvironment),
  readText: async (path) => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      throw fileError(error, 'open', path);
    }
  },
  assertExists: (path) => {
    try {
      statSync(path);
    } catch (error) {
      throw fileError(error, 'stat', path);
    }
  },
});
