// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { nanosOfSecond, type Timestamp, unixSeconds } from '../../../base/time.ts';
import type { LogMessage } from '../piece.ts';

/** Who sends, in every message. */
export interface SyslogSender {
  readonly facility: number;
  readonly hostname: string;
  readonly tag: string;
  readonly pid: number;
}

/** What stands before the text of a message of priority `priority`. */
type Head = (priority: number, at: Timestamp, sender: SyslogSender) => string;

/** Severities of RFC 5424, table 2. */
const ERROR = 3;
const INFORMATIONAL = 6;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (value: number): string => String(value).padStart(2, '0');

const dateOf = (at: Timestamp): Date => new Date(unixSeconds(at) * 1000);

const clockOf = (date: Date): string =>
  `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;

/** `Nov  2 03:04:05` in local time. */
const stamp = (at: Timestamp): string => {
  const date = dateOf(at);
  return `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${clockOf(date)}`;
};

/** `Z`, `+01:00`: how far local time is ahead. */
const zone = (date: Date): string => {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return 'Z';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
};

/** RFC 3339 in local time, with `fraction` behind the seconds. */
const localTime = (at: Timestamp, fraction: string): string => {
  const date = dateOf(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${clockOf(date)}${fraction}${zone(date)}`;
};

const microseconds = (at: Timestamp): string =>
  `.${String(Math.floor(nanosOfSecond(at) / 1000)).padStart(6, '0')}`;

/** The tag is application name and message id both, so that old rules on the tag of rsyslog keep their meaning. */
const rfc5424 =
  (fraction: (at: Timestamp) => string): Head =>
  (priority, at, { hostname, tag, pid }) =>
    `<${priority}>1 ${localTime(at, fraction(at))} ${hostname} ${tag} ${pid} ${tag} - `;

const HEADS: Readonly<Record<string, Head>> = {
  '': (priority, at, { tag, pid }) => `<${priority}>${stamp(at)} ${tag}[${pid}]: `,
  rfc3164: (priority, at, { hostname, tag, pid }) => `<${priority}>${stamp(at)} ${hostname} ${tag}[${pid}]: `,
  rfc5424: rfc5424(() => ''),
  rfc5424micro: rfc5424(microseconds),
};

/** One message as it goes over the wire. */
export type SyslogFormat = (message: LogMessage, sender: SyslogSender) => Buffer;

/**
 * The format named by the option `syslog-format`. Over TLS, messages of RFC 5424 are preceded by their length (RFC 5425);
 * everywhere else a newline ends them.
 * @throws invalid-argument in dockerd's words
 */
export const parseFormat = (name: string | undefined, isTls: boolean): SyslogFormat => {
  const head = Object.hasOwn(HEADS, name ?? '') ? HEADS[name ?? ''] : undefined;
  if (!head) throw new EngineError('invalid-argument', 'Invalid syslog format');
  const isCounted = isTls && name?.startsWith('rfc5424') === true;
  return ({ stream, line, at }, sender) => {
    const priority = sender.facility * 8 + (stream === 'stderr' ? ERROR : INFORMATIONAL);
    const start = Buffer.from(head(priority, at, sender));
    const length = start.length + line.length + 1;
    const count = isCounted ? [Buffer.from(`${length} `)] : [];
    return Buffer.concat([...count, start, line, NEWLINE]);
  };
};

const NEWLINE = Buffer.from('\n');
