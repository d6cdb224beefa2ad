// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

/** Health checks. */
export const healthSection: Section = {
  title: 'Health checks',
  rows: [
    row('health: test forms', 'CMD, CMD-SHELL, NONE, nothing'),
    row('health: least times', 'a millisecond, else 400; no negative retries'),
    row('health: defaults', 'kept as zeros, told as sent'),
    row('health: interval', 'the first probe after one interval'),
    row('health: start period', 'failures in it do not count'),
    row('health: start interval', 'the interval of the start period, since 1.44'),
    row('health: statuses', 'starting, healthy, unhealthy'),
    row('health: timeout', 'the probe is killed: -1 and its text'),
    row('health: failing exec', '-1 and the text'),
    row('health: log', 'the last five, 4096 bytes each'),
    row('health: events', 'health_status and those of each probe'),
    row('health: pause and stop', 'unhealthy until it runs again'),
    row('health: probe environment', 'user, directory, environment of the container'),
    row('health: inspect', 'none without a check and before the first start'),
  ],
};
