// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../coverage/row.ts';

/** Restart policies. */
export const restartSection: Section = {
  title: 'Restart policy',
  rows: [
    row('rule: restart names', 'no, always, unless-stopped, on-failure; the texts of what is none'),
    row('rule: restart empty', 'an empty name is no'),
    tested(
      'rule: restart back-off',
      '100 ms, doubled up to a minute, anew after ten seconds of running',
      'src/domain/containers/restart-policy.test.ts',
      'the wait doubles from 100 ms to a minute, and begins anew after ten good seconds',
    ),
    row('rule: restart on-failure', 'only a failure, and as often as said'),
    row('rule: restart unless-stopped', 'not after a stop'),
    row('rule: restart always', 'after an end of its own, not after a stop'),
    row('rule: restart ended by stop and kill', 'a stop ends it; so does any signal without a StopSignal'),
    row('rule: restart other signals', 'one that is not the StopSignal leaves the policy on'),
    tested(
      'rule: restart in shutdown',
      'none',
      'test/integration/crash/restart.test.ts',
      'without live restore containers are stopped in order and restart policies apply at boot',
    ),
    row('rule: restart count', 'since the last start by hand'),
    tested(
      'rule: restart at boot',
      'who comes back',
      'test/integration/crash/restart.test.ts',
      'without live restore containers are stopped in order and restart policies apply at boot',
    ),
    row('rule: restart update', 'live; not with AutoRemove'),
  ],
};
