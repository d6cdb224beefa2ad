// SPDX-License-Identifier: Apache-2.0
import type { Log } from '../../../base/log.ts';
import { type Nanoseconds, seconds } from '../../../base/time.ts';
import { parseGoDuration } from '../../../spec/go-duration.ts';

/** How events are gathered. */
export interface SplunkLimits {
  readonly frequency: Nanoseconds;
  readonly batchSize: number;
  readonly bufferMaximum: number;
  /** Events that wait beside the buffer before output has to wait. */
  readonly channelSize: number;
}

const PREFIX = 'SPLUNK_LOGGING_DRIVER_';

/** The daemon's environment may say other limits. Source of names and numbers: docs.docker.com, "Splunk logging driver". */
export const splunkLimits = (
  environment: Readonly<Record<string, string | undefined>>,
  log: Log,
): SplunkLimits => {
  const read = <Value>(name: string, fallback: Value, reader: (text: string) => Value | undefined): Value => {
    const text = environment[PREFIX + name];
    if (text === undefined || text === '') return fallback;
    const value = reader(text);
    if (value === undefined) log.error('a limit of the splunk log driver cannot be read', { name, text });
    return value ?? fallback;
  };
  const count = (text: string): number | undefined =>
    /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
  return {
    frequency: read('POST_MESSAGES_FREQUENCY', seconds(5), parseGoDuration),
    batchSize: read('POST_MESSAGES_BATCH_SIZE', 1000, count),
    bufferMaximum: read('BUFFER_MAX', 10_000, count),
    channelSize: read('CHANNEL_SIZE', 4000, count),
  };
};
