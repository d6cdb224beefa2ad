// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../coverage/row.ts';

/** What a container uses. */
export const statsSection: Section = {
  title: 'Stats',
  rows: [
    row('stats: shape', 'the keys of a running one on cgroup v1'),
    row('stats: cpu', 'nanoseconds, and those of the host beside them'),
    row('stats: memory', 'the limit, at most what the host has; keys of cgroup v1'),
    tested(
      'stats: cgroup v2',
      'its keys',
      'src/adapters/cgroups/cgroups.test.ts',
      'v2: microseconds become nanoseconds, max is no limit',
    ),
    row('stats: stream', 'one a second'),
    row('stats: no stream', 'a second sample'),
    row('stats: one shot', 'without the sample before'),
    row('stats: stopped', 'zeros at once'),
    row('stats: networks', 'none for host and none; the donor’s for container:'),
    row('stats: removal', 'ends the stream'),
  ],
};
