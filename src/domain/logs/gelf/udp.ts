// SPDX-License-Identifier: Apache-2.0
import { deflateSync, gzipSync } from 'node:zlib';
import type { LogTargets } from '../../../adapters/log-targets/index.ts';
import { EngineError, messageOf } from '../../../base/errors.ts';
import { portNumber, splitHostPort } from '../remote/go-url.ts';
import { chunksOf } from './chunks.ts';
import type { GelfOptions } from './options.ts';

/** Takes encoded messages in order, one after another. */
export interface GelfConnection extends AsyncDisposable {
  /** @throws unavailable when the message is lost */
  send(message: Uint8Array): Promise<void>;
}

const compress = (message: Uint8Array, { compression, level }: GelfOptions): Uint8Array => {
  if (compression === 'none') return message;
  return compression === 'gzip' ? gzipSync(message, { level }) : deflateSync(message, { level });
};

/** Why there is no connection, in dockerd's words. */
export const cannotConnect = (place: string, cause: unknown): EngineError =>
  new EngineError('unavailable', `gelf: cannot connect to GELF endpoint: ${place} ${messageOf(cause)}`, {
    cause,
  });

/** @throws unavailable for a name that is not known */
export const openUdp = async (
  targets: Pick<LogTargets, 'openDatagrams'>,
  options: GelfOptions,
): Promise<GelfConnection> => {
  const address = splitHostPort(options.place);
  const socket = await targets
    .openDatagrams({
      network: 'udp',
      host: address.host || 'localhost',
      port: portNumber('udp', address),
    })
    .catch((cause: unknown) => {
      throw cannotConnect(options.place, cause);
    });
  return {
    send: async (message) => {
      for (const chunk of chunksOf(compress(message, options))) await socket.send(chunk);
    },
    [Symbol.asyncDispose]: async () => socket[Symbol.dispose](),
  };
};
