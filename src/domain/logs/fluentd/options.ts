// SPDX-License-Identifier: Apache-2.0
import type { StreamAddress } from '../../../adapters/log-targets/index.ts';
import { EngineError, messageOf } from '../../../base/errors.ts';
import { milliseconds, type Nanoseconds, seconds } from '../../../base/time.ts';
import { formatGoDuration, parseGoDuration } from '../../../spec/go-duration.ts';
import type { LogOptions } from '../driver.ts';
import { parseBinarySize, parseFlag } from '../options.ts';
import { parseAddress } from './address.ts';

/** The options of `fluentd`, read. */
export interface FluentdOptions {
  readonly address: StreamAddress;
  readonly isAsync: boolean;
  /** Messages that wait when sent asynchronously. */
  readonly bufferLimit: number;
  readonly maxRetries: number;
  /** Before the second try; later ones come after ever longer waits. */
  readonly retryWait: Nanoseconds;
  /** After this time a connection is made anew, when sending asynchronously; 0 is never. */
  readonly reconnectInterval: Nanoseconds;
  readonly subSecondPrecision: boolean;
  readonly requestAck: boolean;
  /** 0 is for ever. */
  readonly writeTimeout: Nanoseconds;
}

/** Source: docs.docker.com, "Fluentd logging driver". */
const BUFFER_LIMIT = 1_048_576;
const MAX_RETRIES = 2 ** 31 - 1;
const RETRY_WAIT = seconds(1);
const SHORTEST_INTERVAL = milliseconds(100);
const LONGEST_INTERVAL = seconds(10);
const NOTHING = 0n as Nanoseconds;

const invalid = (text: string, cause?: unknown): EngineError =>
  new EngineError('invalid-argument', text, { cause });

const durationOf = (text: string): Nanoseconds => {
  const span = parseGoDuration(text);
  if (span === undefined) throw invalid(`time: invalid duration ${JSON.stringify(text)}`);
  return span;
};

const retriesOf = (text: string): number => {
  const isNumber = /^\d+$/.test(text);
  if (!isNumber || Number(text) >= 2 ** 32) {
    const fault = isNumber ? 'value out of range' : 'invalid syntax';
    throw invalid(`strconv.ParseUint: parsing ${JSON.stringify(text)}: ${fault}`);
  }
  if (Number(text) > MAX_RETRIES) throw invalid('invalid fluentd-max-retries: value out of range');
  return Number(text);
};

const INTERVAL = 'fluentd-async-reconnect-interval';

const intervalOf = (text: string): Nanoseconds => {
  const prefix = `invalid value for ${INTERVAL}: `;
  const span = prefixed(prefix, () => durationOf(text));
  if (span === 0n || (span >= SHORTEST_INTERVAL && span <= LONGEST_INTERVAL)) return span;
  throw invalid(`${prefix}value (${JSON.stringify(formatGoDuration(span))}) must be between 100ms and 10s`);
};

const timeoutOf = (text: string): Nanoseconds => {
  const prefix = 'invalid value for fluentd-write-timeout: value must be a duration';
  const span = prefixed(`${prefix}: `, () => durationOf(text));
  if (span < 0n) throw invalid(`${prefix} that is non-negative`);
  return span;
};

const prefixed = <Value>(prefix: string, read: () => Value): Value => {
  try {
    return read();
  } catch (cause) {
    throw invalid(`${prefix}${messageOf(cause)}`, cause);
  }
};

/** Reads and checks the options of `fluentd`. @throws invalid-argument in dockerd's words */
export const parseFluentdOptions = (options: LogOptions): FluentdOptions => {
  const place = options['fluentd-address'] ?? '';
  const read = <Value>(name: string, fallback: Value, reader: (text: string) => Value): Value => {
    const text = options[name];
    return text === undefined || text === '' ? fallback : reader(text);
  };
  return {
    address: prefixed(`invalid fluentd-address (${place}): `, () => parseAddress(place)),
    bufferLimit: read('fluentd-buffer-limit', BUFFER_LIMIT, parseBinarySize),
    retryWait: read('fluentd-retry-wait', RETRY_WAIT, durationOf),
    maxRetries: read('fluentd-max-retries', MAX_RETRIES, retriesOf),
    isAsync: read('fluentd-async', false, parseFlag),
    reconnectInterval: read(INTERVAL, NOTHING, intervalOf),
    subSecondPrecision: read('fluentd-sub-second-precision', false, parseFlag),
    requestAck: read('fluentd-request-ack', false, parseFlag),
    writeTimeout: read('fluentd-write-timeout', NOTHING, timeoutOf),
  };
};
