// SPDX-License-Identifier: Apache-2.0
import type {
  DatagramAddress,
  DatagramSocket,
  LogTargets,
  StreamAddress,
} from '../../../adapters/log-targets/index.ts';
import { EngineError } from '../../../base/errors.ts';
import type { LogOptions } from '../driver.ts';
import { portNumber } from '../remote/go-url.ts';
import { ReconnectingStream } from '../remote/reconnecting-stream.ts';
import type { SyslogAddress } from './address.ts';
import { readTrust } from './trust.ts';

/** Takes formatted messages, in order. */
export interface SyslogConnection extends AsyncDisposable {
  /** @throws unavailable (or rejects with it) when they are lost */
  send(messages: readonly Uint8Array[]): Promise<void> | undefined;
}

/** A stream takes all messages at once; a broken one is opened again once, as dockerd does. */
const openStream = async (targets: LogTargets, address: StreamAddress): Promise<SyslogConnection> => {
  const stream = new ReconnectingStream(targets, address);
  await stream.connect();
  const sendAgain = async (bytes: Uint8Array): Promise<void> => {
    await stream.connect();
    await stream.write(bytes);
  };
  return {
    send: (messages) => {
      const bytes = messages.length === 1 ? (messages[0] as Uint8Array) : Buffer.concat(messages);
      if (!stream.isOpen) return sendAgain(bytes);
      return stream.write(bytes)?.catch(async () => sendAgain(bytes));
    },
    [Symbol.asyncDispose]: async () => stream[Symbol.asyncDispose](),
  };
};

const sendEach = async (
  socket: DatagramSocket,
  first: Promise<void>,
  rest: readonly Uint8Array[],
): Promise<void> => {
  await first;
  for (const message of rest) await socket.send(message);
};

const openDatagrams = async (targets: LogTargets, address: DatagramAddress): Promise<SyslogConnection> => {
  const socket = await targets.openDatagrams(address);
  return {
    send: (messages) => {
      for (const [index, message] of messages.entries()) {
        const sent = socket.send(message);
        if (sent) return sendEach(socket, sent, messages.slice(index + 1));
      }
      return undefined;
    },
    [Symbol.asyncDispose]: async () => socket[Symbol.dispose](),
  };
};

/** Where something may take messages of this host, in the order in which they are tried. Source: syslog(3). */
const LOCAL_PATHS = ['/dev/log', '/var/run/syslog', '/var/run/log'];

const openLocal = async (targets: LogTargets): Promise<SyslogConnection> => {
  const attempts = [
    ...LOCAL_PATHS.map((path) => async () => openDatagrams(targets, { network: 'unixgram', path })),
    ...LOCAL_PATHS.map((path) => async () => openStream(targets, { network: 'unix', path })),
  ];
  for (const attempt of attempts) {
    const opened = await attempt().catch(() => undefined);
    if (opened) return opened;
  }
  throw new EngineError('unavailable', 'Unix syslog delivery error');
};

/** Opens the way to `address`. @throws unavailable in Go's words when it can't be reached; not-found for TLS files */
export const connectSyslog = async (
  targets: LogTargets,
  address: SyslogAddress | undefined,
  options: LogOptions,
): Promise<SyslogConnection> => {
  if (!address) return openLocal(targets);
  if ('path' in address) {
    const { scheme, path } = address;
    return scheme === 'unix'
      ? openStream(targets, { network: 'unix', path })
      : openDatagrams(targets, { network: 'unixgram', path });
  }
  const network = address.scheme === 'udp' ? 'udp' : 'tcp';
  const place = { host: address.host || 'localhost', port: portNumber(network, address) };
  if (address.scheme === 'udp') return openDatagrams(targets, { network: 'udp', ...place });
  if (address.scheme === 'tcp') return openStream(targets, { network: 'tcp', ...place });
  return openStream(targets, { network: 'tls', ...place, trust: await readTrust(targets, options) });
};
