// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

/** Reading what a container said. */
export const logsSection: Section = {
  title: 'Logs',
  rows: [
    row('logs: tail', 'records; all for what is no number; 0 is none'),
    row('logs: since', 'seconds and nanoseconds alone, else 500'),
    row('logs: until', 'the same'),
    row('logs: follow', 'to the end of the run'),
    row('logs: timestamps', 'nine digits'),
    row('logs: details', 'sorted and escaped'),
    row('logs: streams', 'at least one, else 400'),
    row('logs: long lines', 'pieces of 16 KiB; the last without an end as it was'),
    row('logs: driver none', '501'),
    row('logs: drivers without reading', 'a cache beside them is read, unless it is turned off'),
    row('logs: LogPath', 'of json-file alone'),
    row('logs: content type', 'multiplexed-stream since 1.42, raw-stream for a terminal'),
  ],
};

/** Where output goes. */
export const logDriverSection: Section = {
  title: 'Log drivers',
  rows: [
    row('log driver: json-file', 'lines of JSON'),
    row('log driver: json-file max-size', 'rotated at that size'),
    row('log driver: json-file max-file', 'that many files'),
    row('log driver: json-file compress', 'older files are packed'),
    row('log driver: json-file labels', 'and labels-regex, env, env-regex, tag'),
    row('log driver: local', 'a compact form of its own, readable'),
    row('log driver: none', 'nothing kept'),
    row('log driver: syslog', 'udp, tcp, tls, unix; formats'),
    row('log driver: journald', 'to the journal'),
    row('log driver: gelf', 'udp and tcp'),
    row('log driver: fluentd', 'tcp and unix, sync and async'),
    row('log driver: splunk', 'the HTTP event collector'),
    row('log driver: awslogs', 'PutLogEvents'),
    row('log driver: gcplogs', 'entries.write'),
    row('log driver: mode', 'blocking and non-blocking with max-buffer-size'),
    row('log driver: cache', 'what a driver without reading said is read back'),
    row('log driver: options', 'unknown ones 400, bad values at start'),
  ],
};
