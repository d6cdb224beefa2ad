// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../../base/errors.ts';
import type { LogDriver, LogOptions } from '../driver.ts';
import type { LogMessage } from '../piece.ts';
import { pushDriver } from '../push-driver.ts';
import type { RemoteDeps } from '../remote/remote-deps.ts';
import { gelfEncoder } from './message.ts';
import { parseGelfOptions } from './options.ts';
import { openTcp } from './tcp.ts';
import { openUdp } from './udp.ts';

/** The driver's own, without those that hold for all drivers. */
const ownOptions = (options: LogOptions): LogOptions =>
  Object.fromEntries(Object.entries(options).filter(([name]) => name.startsWith('gelf-')));

/** Sends to Graylog and whatever else understands its format: compressed datagrams, or a tcp stream. */
export const createGelfDriver = ({ targets }: Pick<RemoteDeps, 'targets'>): LogDriver =>
  pushDriver({
    name: 'gelf',
    validate: (options) => void parseGelfOptions(options),
    open: async (subject, { hostname, report }) => {
      const options = parseGelfOptions(ownOptions(subject.config.config ?? {}));
      const encode = gelfEncoder(subject, hostname);
      const connection = await (options.network === 'udp' ? openUdp : openTcp)(targets, options);
      const sendAll = async (messages: readonly LogMessage[]): Promise<void> => {
        for (const message of messages) {
          try {
            await connection.send(encode(message));
          } catch (error) {
            const text = `gelf: cannot send GELF message: ${messageOf(error)}`;
            report(new EngineError('unavailable', text, { cause: error }), 1);
          }
        }
      };
      return {
        // An empty line is no GELF message: its text is required.
        log: (messages) => sendAll(messages.filter(({ line }) => line.length > 0)),
        [Symbol.asyncDispose]: async () => connection[Symbol.asyncDispose](),
      };
    },
  });
