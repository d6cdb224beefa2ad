// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

/** Processes beside the first one. */
export const execSection: Section = {
  title: 'Exec',
  rows: [
    row('exec: state', '409 when not running, paused, restarting'),
    row('exec: Cmd', 'none is 400'),
    row('exec: User', "the container's by default; an unknown one is 400"),
    row('exec: WorkingDir', "the container's by default, or the root"),
    row('exec: Env', "PATH, HOSTNAME, TERM, the container's, then its own, HOME"),
    row('exec: Privileged', 'all capabilities'),
    row('exec: limits and groups', "the container's"),
    row('exec: AttachStdin', 'reads what the client sends'),
    row('exec: AttachStdout', 'alone'),
    row('exec: AttachStderr', 'alone'),
    row('exec: Tty', 'a terminal'),
    row('exec: ConsoleSize', 'the first size of the terminal, since 1.42'),
    row('exec: DetachKeys', 'told in base64; bad ones 500'),
    row('exec: Detach', '200 at once'),
    row('exec: framing', 'by the Tty of the start, not of the create'),
    row('exec: exit code', 'null until its end; 126, 127; 137 by the stop of the container'),
    row('exec: events', 'create, start, die, detach'),
    row('exec: ExecIDs', 'of those that run or wait for their start'),
    row('exec: after a stop', 'a finished one is told of, one never started is gone'),
    row('exec: client gone', 'the process lives on'),
  ],
};
