// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';
import { fromUnix, parseRfc3339, type Timestamp } from '../base/time.ts';
import type { Filters } from './filters.ts';
import { parseGoDuration } from './go-duration.ts';

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

/** Dates and times that may leave parts out; what stands before `Z` or an offset, or alone for the machine's own zone. */
const PARTIAL = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:\d{2})?$/;

const parseDate = (text: string): Timestamp | undefined => {
  const match = PARTIAL.exec(text);
  if (!match) return undefined;
  const [, date, clock = '00:00', secs = ':00', zone] = match;
  if (zone !== undefined) return parseRfc3339(`${date}T${clock}${secs}${zone}`);
  const local = Date.parse(`${date}T${clock}${secs}`);
  return Number.isNaN(local) ? undefined : ((BigInt(local) * 1_000_000n) as Timestamp);
};

const parseUnix = (text: string): Timestamp | undefined => {
  const match = /^(-?\d{1,18})(?:\.(\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, secs = '0', fraction = ''] = match;
  return fromUnix(BigInt(secs), Number(fraction.slice(0, 9).padEnd(9, '0')));
};

const parseMoment = (text: string, moment: Timestamp): Timestamp => {
  const span = parseGoDuration(text);
  if (span !== undefined) return (moment - span) as Timestamp;
  const found = parseUnix(text) ?? parseDate(text);
  if (found !== undefined) return found;
  throw invalid(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
};

/**
 * The `until` of a prune, before which something must have been made: a duration back from `moment`, a date, or seconds
 * since 1970. `undefined` when it is not asked for. @throws invalid-argument in Docker's words
 */
export const untilFilter = (filters: Filters, moment: Timestamp): Timestamp | undefined => {
  const values = filters['until'] ?? [];
  if (values.length > 1) throw invalid('more than one until filter specified');
  return values[0] === undefined ? undefined : parseMoment(values[0], moment);
};
