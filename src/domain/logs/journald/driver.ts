// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { DatagramSocket } from '../../../adapters/log-targets/index.ts';
import { EngineError } from '../../../base/errors.ts';
import type { LogDriver } from '../driver.ts';
import { checkOptionNames } from '../options.ts';
import type { LogMessage } from '../piece.ts';
import { pushDriver } from '../push-driver.ts';
import type { RemoteDeps } from '../remote/remote-deps.ts';
import { entryEncoder } from './entry.ts';

const NAME = 'journald';

/** Source: systemd.io, "Native Journal Protocol". */
const SOCKET = '/run/systemd/journal/socket';

const OPTIONS: ReadonlySet<string> = new Set(['env', 'env-regex', 'labels', 'labels-regex', 'tag']);

const sendRest = async (
  socket: DatagramSocket,
  first: Promise<void>,
  rest: readonly LogMessage[],
  encode: (message: LogMessage) => Uint8Array,
): Promise<void> => {
  await first;
  for (const message of rest) await socket.send(encode(message));
};

/** Sends to the journal of this host. `docker logs` reads the room's own copy. */
export const createJournaldDriver = ({ targets }: Pick<RemoteDeps, 'targets'>): LogDriver =>
  pushDriver({
    name: NAME,
    validate: (options) => checkOptionNames(NAME, options, OPTIONS),
    open: async (subject, { hostname }) => {
      const encode = entryEncoder(subject, hostname, randomBytes(32).toString('hex'));
      const socket = await targets.openJournal(SOCKET).catch((cause: unknown) => {
        throw new EngineError('unavailable', 'journald is not enabled on this host', { cause });
      });
      return {
        log: (messages) => {
          for (const [index, message] of messages.entries()) {
            const sent = socket.send(encode(message));
            if (sent) return sendRest(socket, sent, messages.slice(index + 1), encode);
          }
          return undefined;
        },
        [Symbol.asyncDispose]: async () => socket[Symbol.dispose](),
      };
    },
  });
