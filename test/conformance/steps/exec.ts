// SPDX-License-Identifier: Apache-2.0
import { covering, api, cli, custom, newer, reworded, type StepGroup } from '../step.ts';

/** Processes beside the first one. */
export const execSteps: StepGroup = {
  noun: 'exec',
  steps: [
    cli('a container to be in', [
      'run',
      '-d',
      '--name',
      'host',
      '-e',
      'FROM=config',
      '-w',
      '/tmp',
      'busybox',
      'sleep',
      '600',
    ]),
    ...covering('exec: AttachStdout', cli('prints stdout', ['exec', 'host', 'echo', 'hello'])),
    ...covering('exec: AttachStderr', cli('prints stderr', ['exec', 'host', 'sh', '-c', 'echo err >&2'])),
    ...covering('exec: exit code', cli('answers the exit code', ['exec', 'host', 'sh', '-c', 'exit 9'])),
    ...covering(
      'exec: AttachStdin',
      cli('reads stdin', ['exec', '-i', 'host', 'cat'], { input: 'through\n' }),
    ),
    ...covering(
      'exec: AttachStdin',
      cli('reads much of stdin', ['exec', '-i', 'host', 'md5sum'], { input: 'y'.repeat(3_000_000) }),
    ),
    ...covering(
      'exec: exit code',
      newer(
        cli('answers 127 for a program that is not there', ['exec', 'host', 'nosuch']),
        '20.10 took it for 126',
        { code: 127 },
      ),
    ),
    ...covering('exec: exit code', cli('answers 126 for a directory', ['exec', 'host', '/etc'])),
    ...covering(
      'exec: Env',
      cli('has the environment of the container', ['exec', '-e', 'MORE=1', 'host', 'env'], {
        sort: true,
        rules: [[/HOSTNAME=.*/, 'HOSTNAME=<host>']],
      }),
    ),
    ...covering(
      'exec: WorkingDir',
      cli('starts in the working directory of the container', ['exec', 'host', 'sh', '-c', 'pwd']),
    ),
    ...covering(
      'exec: WorkingDir',
      cli('starts in a directory of its own', ['exec', '-w', '/etc', 'host', 'sh', '-c', 'pwd']),
    ),
    ...covering('exec: User', cli('runs as another user', ['exec', '-u', 'nobody', 'host', 'id', '-un'])),
    ...covering(
      'exec: User',
      newer(
        cli('refuses an unknown user', ['exec', '-u', 'nouser', 'host', 'true']),
        'the user is looked at when the exec is made, since 23',
        {
          code: 1,
          stdout: '',
          stderr:
            'Error response from daemon: unable to find user nouser: no matching entries in passwd file',
        },
      ),
    ),
    cli('has few capabilities', ['exec', 'host', 'grep', 'CapEff', '/proc/self/status']),
    cli('sees the processes', ['exec', 'host', 'sh', '-c', 'ps | grep -c "[s]leep 600"']),
    ...covering(
      'exec: Tty',
      cli('on a terminal', ['exec', '-t', 'host', 'sh', '-c', 'test -t 1 && echo tty']),
    ),
    ...covering(
      'exec: Detach',
      cli('in the background', ['exec', '-d', 'host', 'sh', '-c', 'echo done > /tmp/done']),
    ),
    cli('keeps large output whole', ['exec', 'host', 'sh', '-c', 'seq 1 30000 | md5sum']),
    cli('in nobody', ['exec', 'nobody', 'true']),
    ...covering('exec: Cmd', api('without a command', 'POST', '/containers/host/exec', { body: {} })),
    api('created', 'POST', '/containers/host/exec', {
      body: { Cmd: ['sh', '-c', 'exit 3'], AttachStdout: true },
      note: ['exec', 'Id'],
    }),
    ...covering('exec: exit code', api('inspected before its start', 'GET', '/exec/{exec}/json')),
    ...covering(
      'exec: Detach',
      api('started in the background', 'POST', '/exec/{exec}/start', { body: { Detach: true } }),
    ),
    ...covering(
      'exec: exit code',
      custom('inspected after its end', async ({ engine, notes }) => {
        for (let attempt = 0; attempt < 50; attempt++) {
          const answer = await engine.request('GET', `/v1.41/exec/${notes.get('exec')}/json`);
          if ((answer.json as { ExitCode: number | null }).ExitCode !== null) return answer.json;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return 'it never ended';
      }),
    ),
    reworded(
      api('started again', 'POST', '/exec/{exec}/start', { body: { Detach: true } }),
      'Error: Exec command',
      'exec command',
    ),
    api('of nobody, inspected', 'GET', '/exec/nobody/json'),
    api('of nobody, started', 'POST', '/exec/nobody/start', { body: {} }),
    api('of nobody, resized', 'POST', '/exec/nobody/resize?h=1&w=1'),
    ...covering(
      'exec: ExecIDs',
      api('container inspect has no execs left to tell of', 'GET', '/containers/host/json', {
        pick: (body: { ExecIDs: unknown }) => body.ExecIDs === null || Array.isArray(body.ExecIDs),
      }),
    ),
    api('top', 'GET', '/containers/host/top', {
      pick: (body: { Titles: string[]; Processes: string[][] }) => [
        body.Titles,
        body.Processes.map((row) => row.at(-1)),
      ],
    }),
  ],
};
