// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';

/** The facilities by their names in syslog.conf. Source: RFC 5424, table 1; the numbers between have no name. */
const FACILITIES: Readonly<Record<string, number>> = {
  kern: 0,
  user: 1,
  mail: 2,
  daemon: 3,
  auth: 4,
  syslog: 5,
  lpr: 6,
  news: 7,
  uucp: 8,
  cron: 9,
  authpriv: 10,
  ftp: 11,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
};

/** The number of a facility given by name or number; `daemon` for nothing. @throws invalid-argument in dockerd's words */
export const parseFacility = (text: string | undefined): number => {
  if (text === undefined || text === '') return 3;
  const named = Object.hasOwn(FACILITIES, text) ? FACILITIES[text] : undefined;
  const number = named ?? (/^[+-]?\d+$/.test(text) ? Number(text) : -1);
  if (number < 0 || number > 23) throw new EngineError('invalid-argument', 'invalid syslog facility');
  return number;
};
