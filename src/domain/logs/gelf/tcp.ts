// SPDX-License-Identifier: Apache-2.0
import type { LogTargets } from '../../../adapters/log-targets/index.ts';
import { sleep } from '../../../base/async.ts';
import { EngineError } from '../../../base/errors.ts';
import { seconds } from '../../../base/time.ts';
import { portNumber, splitHostPort } from '../remote/go-url.ts';
import { ReconnectingStream } from '../remote/reconnecting-stream.ts';
import type { GelfOptions } from './options.ts';
import { cannotConnect, type GelfConnection } from './udp.ts';

/** A zero byte ends each message. Source: GELF Payload Specification, "GELF via TCP". */
const END = Buffer.of(0);

/** @throws unavailable when nobody listens */
export const openTcp = async (
  targets: Pick<LogTargets, 'connect'>,
  { place, reconnects, reconnectDelay }: GelfOptions,
): Promise<GelfConnection> => {
  const address = splitHostPort(place);
  const stream = new ReconnectingStream(targets, {
    network: 'tcp',
    host: address.host || 'localhost',
    port: portNumber('tcp', address),
  });
  await stream.connect().catch((cause: unknown) => {
    throw cannotConnect(place, cause);
  });
  const closing = new AbortController();
  const attempt = async (bytes: Uint8Array): Promise<boolean> => {
    try {
      await stream.write(bytes);
      return true;
    } catch {
      return false;
    }
  };
  return {
    send: async (message) => {
      const bytes = Buffer.concat([message, END]);
      for (let tries = 0; tries <= reconnects; tries += 1) {
        if (await attempt(bytes)) return;
        await sleep(seconds(reconnectDelay), closing.signal);
        await stream.connect().catch(() => undefined);
      }
      throw new EngineError('unavailable', 'Maximum reconnection attempts was reached; giving up');
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      await stream[Symbol.asyncDispose]();
    },
  };
};
