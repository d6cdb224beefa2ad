// SPDX-License-Identifier: Apache-2.0
import { row, tested, type Section } from '../coverage/row.ts';

/** What a container can be, what moves it, what tells of it. */
export const stateSection: Section = {
  title: 'States',
  rows: [
    row('rule: state created', 'no times, no pid'),
    row('rule: state start', 'running, exit code 0, no error'),
    row('rule: state pause', 'paused and still running; unpaused'),
    row('rule: state restarting', 'running and restarting, no pid, the count grows'),
    row('rule: state exited', 'not running, with its exit code and time'),
    row('rule: state removing', 'gone after it'),
    tested(
      'rule: state dead',
      'a removal that failed; tried again at the next start of the daemon',
      'src/domain/containers/restore.test.ts',
      'one that is dead, as its removal had failed, is removed at last',
    ),
    row(
      'rule: state failed start',
      'stays created with its exit code and error; one that removes itself is gone',
    ),
    row('rule: status text', 'Up, Up (Paused), Up (healthy), Restarting, Exited, Created'),
    row('rule: events of a start', 'mount, connect, start'),
    row('rule: events of an exit', 'disconnect, unmount, die, destroy'),
    row('rule: events of stop, kill and restart', 'in the order of 28.5'),
    row('rule: event attributes', 'image, name, labels, and what each action adds'),
  ],
};

/** What a start that fails and an end that comes are told as. */
export const exitCodeSection: Section = {
  title: 'Exit codes and errors of a start',
  rows: [
    row('rule: exit 126', 'not permitted, a directory: 400'),
    row('rule: exit 127', 'not found: 400'),
    row('rule: exit 127 not a directory', '400 with a hint'),
    row('rule: exit 128', 'user, group, device, sysctl: 500'),
    row('rule: exit by a signal', '128 and its number'),
    tested(
      'rule: exit 255',
      'the daemon missed the end',
      'src/domain/containers/restore.test.ts',
      'one of which containerd knows nothing has 255',
    ),
    row('rule: exit of the CLI', '127, 126, 125'),
    row('rule: runtime text', 'the core that clients look for'),
  ],
};
