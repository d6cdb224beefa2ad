// SPDX-License-Identifier: Apache-2.0
import { deflateSync, gzipSync } from 'node:zlib';
import type { LogTargets } from '../../../adapters/log-targets/index.ts';
import { EngineError, messageOf } from '../../../base/errors.ts';
import { portNumber, splitHostPort } from '../remote/go-url.ts';
import { Turn } from '../turn.ts';
import { chunksOf } from './chunks.ts';
import type { GelfOptions } from './options.ts';

/** Takes encoded messages in order, one after another. */
export interface GelfConnection extends AsyncDisposable {
  /** @throws unavailable when the message is lost */
  send(message: Uint8Array): Promise<void>;
}

/**
 * The window that holds `length` bytes (9 to 15 bits): what is set up for a larger one costs several times the packing of
 * so short a text.
 */
const windowBitsFor = (length: number): number => Math.min(Math.max(Math.ceil(Math.log2(length + 1)), 9), 15);

const compress = (message: Uint8Array, { compression, level }: GelfOptions): Uint8Array => {
  if (compression === 'none') return message;
  const options = { level, windowBits: windowBitsFor(message.length), chunkSize: 2048 };
  return compression === 'gzip' ? gzipSync(message, options) : deflateSync(message, options);
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
  const turn = new Turn();
  return {
    send: async (message) => {
      for (const chunk of chunksOf(compress(message, options))) await socket.send(chunk);
      await turn.rest();
    },
    [Symbol.asyncDispose]: async () => socket[Symbol.dispose](),
  };
};
