// SPDX-License-Identifier: Apache-2.0
import { extraAttributes, logTag } from '../attributes.ts';
import type { LogContext, LogDriver, LogOptions, PushTarget } from '../driver.ts';
import type { LogSubject } from '../logs.ts';
import type { LogMessage } from '../piece.ts';
import { pushDriver } from '../push-driver.ts';
import { checkOptionNames } from '../options.ts';
import type { RemoteDeps } from '../remote/remote-deps.ts';
import { AsyncSender } from './async-sender.ts';
import { FluentdConnection, type Unpack } from './connection.ts';
import { fluentdEncoder, type FluentdEvent } from './encode.ts';
import { parseFluentdOptions } from './options.ts';

const NAME = 'fluentd';

/** Source: docs.docker.com, "Fluentd logging driver". */
const OPTIONS: ReadonlySet<string> = new Set([
  'env',
  'env-regex',
  'labels',
  'labels-regex',
  'tag',
  'fluentd-address',
  'fluentd-async',
  'fluentd-async-reconnect-interval',
  'fluentd-buffer-limit',
  'fluentd-max-retries',
  'fluentd-request-ack',
  'fluentd-retry-wait',
  'fluentd-sub-second-precision',
  'fluentd-write-timeout',
]);

const sendInTurn = async (
  connection: FluentdConnection,
  messages: readonly LogMessage[],
  encode: (message: LogMessage) => FluentdEvent,
  requestAck: boolean,
): Promise<void> => {
  const events = messages.map(encode);
  if (requestAck) for (const event of events) await connection.send(event);
  else await connection.send({ bytes: Buffer.concat(events.map(({ bytes }) => bytes)) });
};

const openTarget = async (
  { targets }: Pick<RemoteDeps, 'targets'>,
  subject: LogSubject,
  options: LogOptions,
  { hostname, report }: LogContext,
): Promise<PushTarget> => {
  const read = parseFluentdOptions(options);
  // Read when the first container asks for it: most daemons never do.
  const { decode, encode: pack } = await import('@msgpack/msgpack');
  const encode = fluentdEncoder((value) => pack(value), {
    tag: logTag(subject, hostname),
    fields: {
      container_id: subject.id,
      container_name: subject.name.startsWith('/') ? subject.name : `/${subject.name}`,
      ...extraAttributes(subject),
    },
    subSecondPrecision: read.subSecondPrecision,
    requestAck: read.requestAck,
  });
  const connection = new FluentdConnection(targets, read, unpackWith(decode));
  if (read.isAsync) {
    const sender = new AsyncSender(connection, read, report);
    return {
      log: (messages) => {
        sender.add(messages.map(encode));
        return undefined;
      },
      [Symbol.asyncDispose]: async () => sender[Symbol.asyncDispose](),
    };
  }
  await connection.connect();
  return {
    log: (messages) => sendInTurn(connection, messages, encode, read.requestAck),
    [Symbol.asyncDispose]: async () => connection[Symbol.asyncDispose](),
  };
};

const unpackWith =
  (decode: (bytes: Uint8Array) => unknown): Unpack =>
  (bytes) => {
    try {
      return decode(bytes);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  };

/** Sends events to fluentd: each before the next output is read, or from a buffer behind the container's back. */
export const createFluentdDriver = (deps: Pick<RemoteDeps, 'targets'>): LogDriver =>
  pushDriver({
    name: NAME,
    validate: (options) => {
      checkOptionNames(NAME, options, OPTIONS);
      parseFluentdOptions(options);
    },
    open: async (subject, context) => openTarget(deps, subject, subject.config.config ?? {}, context),
  });
