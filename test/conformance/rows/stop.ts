// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

/** Ending, freezing, awaiting, removing. */
export const stopSection: Section = {
  title: 'Stop, kill, pause, wait, remove',
  rows: [
    row('rule: stop', '304 when it does not run; its signal, then KILL'),
    row('rule: stop time', 't of the request, else StopTimeout, else 10; 0 kills at once'),
    row('rule: kill', 'KILL waits for the end; others do not'),
    row('rule: kill a paused one', 'is thawed'),
    row('rule: restart', 'stop and start; one that removes itself stays'),
    row('rule: pause', '409 when paused, not running or restarting; unpause of another 500'),
    row('rule: wait not-running', 'at once when it does not run'),
    row('rule: wait next-exit', 'only an exit to come; a removal too'),
    row('rule: wait removed', 'after the removal'),
    row('rule: wait on restarting', 'answers'),
    row('rule: rm', 'only what does not run, or by force'),
    row('rule: rm volumes', 'v takes the anonymous ones'),
    row('rule: rm link', 'the name of a link alone; not the own name'),
    row('rule: rm auto', 'with its anonymous volumes'),
  ],
};
