// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../../base/errors.ts';
import type { LogOptions } from '../driver.ts';
import { checkOptionNames, parseCount, parseFlag } from '../options.ts';
import { type Nanoseconds, seconds } from '../../../base/time.ts';
import { parseMultiline } from './multiline.ts';

/** Source: docs.docker.com, "Amazon CloudWatch Logs logging driver". */
const OPTIONS: ReadonlySet<string> = new Set([
  'tag',
  'awslogs-region',
  'awslogs-endpoint',
  'awslogs-group',
  'awslogs-stream',
  'awslogs-create-group',
  'awslogs-datetime-format',
  'awslogs-multiline-pattern',
  'awslogs-credentials-endpoint',
  'awslogs-force-flush-interval-seconds',
  'awslogs-max-buffered-events',
  'awslogs-format',
  // dockerd reads it when a container starts but refuses it when one is made; its documentation offers it.
  'awslogs-create-stream',
]);

const EMF = 'json/emf';
const FLUSH_INTERVAL = seconds(5);
const BUFFERED_EVENTS = 4096;

const invalid = (text: string, cause?: unknown): EngineError =>
  new EngineError('invalid-argument', text, { cause });

const given = (options: LogOptions, name: string): string | undefined => options[name] || undefined;

const checkFlag = (options: LogOptions, name: string): void => {
  const text = given(options, name);
  try {
    if (text !== undefined) parseFlag(text);
  } catch (cause) {
    throw invalid(`must specify valid value for log opt '${name}': ${messageOf(cause)}`, cause);
  }
};

const checkPositive = (options: LogOptions, name: string): void => {
  const text = given(options, name);
  if (text !== undefined && !(/^\+?\d+$/.test(text) && Number(text) > 0))
    throw invalid(`must specify a positive integer for log opt '${name}': ${text}`);
};

/** Looks at options when a container is made. @throws invalid-argument in dockerd's words */
export const checkAwslogsOptions = (options: LogOptions): void => {
  checkOptionNames('awslogs', options, OPTIONS);
  if (given(options, 'awslogs-group') === undefined)
    throw invalid("must specify a value for log opt 'awslogs-group'");
  checkFlag(options, 'awslogs-create-group');
  checkPositive(options, 'awslogs-force-flush-interval-seconds');
  checkPositive(options, 'awslogs-max-buffered-events');
  const [date, pattern] = ['awslogs-datetime-format', 'awslogs-multiline-pattern'];
  const has = (name: string): boolean => options[name] !== undefined;
  if (has(date) && has(pattern))
    throw invalid(`you cannot configure log opt '${date}' and '${pattern}' at the same time`);
  const format = given(options, 'awslogs-format');
  if (format === undefined) return;
  if (format !== EMF) throw invalid(`unsupported log format '${format}'`);
  if (has(date) || has(pattern))
    throw invalid(
      `you cannot configure log opt '${date}' or '${pattern}' when log opt 'awslogs-format' is set to '${EMF}'`,
    );
};

/** The options of `awslogs`, read. */
export interface AwslogsOptions {
  readonly group: string;
  readonly stream: string;
  readonly createGroup: boolean;
  readonly createStream: boolean;
  readonly flushInterval: Nanoseconds;
  readonly bufferedEvents: number;
  /** What a line begins an event by; `undefined` when each line is one. */
  readonly multiline: RegExp | undefined;
  readonly isEmf: boolean;
  readonly isBlocking: boolean;
}

/** Reads the options; the stream's name is `tag` unless an option says it. @throws invalid-argument in Go's words */
export const parseAwslogsOptions = (options: LogOptions, tag: string): AwslogsOptions => {
  const read = <Value>(name: string, fallback: Value, reader: (text: string) => Value): Value => {
    const text = given(options, name);
    return text === undefined ? fallback : reader(text);
  };
  const interval = read('awslogs-force-flush-interval-seconds', FLUSH_INTERVAL, (text) =>
    seconds(parseCount(text)),
  );
  return {
    group: options['awslogs-group'] ?? '',
    stream: given(options, 'awslogs-stream') ?? tag,
    createGroup: read('awslogs-create-group', false, parseFlag),
    createStream: read('awslogs-create-stream', true, parseFlag),
    flushInterval: interval > 0n ? interval : FLUSH_INTERVAL,
    bufferedEvents: read('awslogs-max-buffered-events', BUFFERED_EVENTS, parseCount),
    multiline: parseMultiline(options),
    isEmf: given(options, 'awslogs-format') !== undefined,
    isBlocking: options['mode'] !== 'non-blocking',
  };
};
