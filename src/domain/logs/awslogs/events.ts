// SPDX-License-Identifier: Apache-2.0

/** One event as CloudWatch takes it: milliseconds since 1970 and a text. */
export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** What an event counts beside its text, and the limits of a call and an event. Source: AWS, "PutLogEvents", "CloudWatch Logs quotas". */
export const EVENT_OVERHEAD = 26;
export const MOST_EVENTS = 10_000;
export const MOST_BYTES = 1_048_576;
export const LONGEST_EVENT = 262_144 - EVENT_OVERHEAD;

/** Length in bytes as the service counts: UTF-8 in which what is none was replaced. */
export const normalLength = (text: string): number => Buffer.byteLength(text);

export const eventSize = ({ message }: LogEvent): number => normalLength(message) + EVENT_OVERHEAD;

/** Where to cut `bytes` (UTF-8) so that no more than `most` of them come first and no character is cut. */
const cutAt = (bytes: Buffer, most: number): number => {
  let end = most;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end -= 1;
  return end;
};

/** Cuts an event that is too long; none for an empty one. */
export const splitEvent = ({ timestamp, message }: LogEvent): readonly LogEvent[] => {
  if (message === '') return [];
  if (normalLength(message) <= LONGEST_EVENT) return [{ timestamp, message }];
  const events: LogEvent[] = [];
  let rest = Buffer.from(message);
  while (rest.length > 0) {
    const end = rest.length <= LONGEST_EVENT ? rest.length : cutAt(rest, LONGEST_EVENT);
    events.push({ timestamp, message: rest.subarray(0, end).toString() });
    rest = rest.subarray(end);
  }
  return events;
};

/** In the order of their times, as a call must have them; those of one time stay in order. */
export const inOrder = (events: readonly LogEvent[]): readonly LogEvent[] =>
  events.toSorted((one, other) => one.timestamp - other.timestamp);
