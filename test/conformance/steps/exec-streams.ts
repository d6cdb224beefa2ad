// SPDX-License-Identifier: Apache-2.0
import { openRaw, type RawConnection } from '../../support/raw-connection.ts';
import { api, cli, custom, newer, type Lab, type Step, type StepGroup } from '../step.ts';
import { eventsOf, text, UPGRADE } from './hijacked.ts';

const V = '/v1.41';

const created = async (lab: Lab, container: string, body: object): Promise<string> => {
  const answer = await lab.engine.request('POST', `${V}/containers/${container}/exec`, { body });
  return (answer.json as { Id: string }).Id;
};

const startExec = (lab: Lab, id: string, body: object): Promise<RawConnection> =>
  openRaw(
    lab.engine.socket,
    'POST',
    `${V}/exec/${id}/start`,
    { ...UPGRADE, 'Content-Type': 'application/json' },
    JSON.stringify(body),
  );

const inspectExec = async (lab: Lab, id: string): Promise<unknown> => {
  for (let attempt = 0; attempt < 250; attempt++) {
    const answer = await lab.engine.request('GET', `${V}/exec/${id}/json`);
    const told = answer.json as { Running?: boolean; ExitCode?: number | null };
    if (told.ExitCode !== null || attempt === 249) return { status: answer.status, ...told, ID: 'any' };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return undefined;
};

const exec = (
  name: string,
  covers: readonly string[],
  body: object,
  start: object = { Detach: false },
): Step =>
  custom(
    name,
    async (lab) => {
      const id = await created(lab, 'host', body);
      const said = await text(await startExec(lab, id, start));
      return { said, after: await inspectExec(lab, id) };
    },
    { covers },
  );

/** Processes beside the first one, on the bare connection. */
export const execStreamSteps: StepGroup = {
  noun: 'exec streams',
  steps: [
    cli('a container to be in', [
      'run',
      '-d',
      '--name',
      'host',
      '-u',
      'root',
      '-e',
      'A=1',
      '-w',
      '/tmp',
      '--group-add',
      '7',
      '--ulimit',
      'nofile=77:77',
      'busybox',
      'sleep',
      '600',
    ]),
    exec('stdout alone', ['exec: AttachStdout', 'exec: framing'], {
      Cmd: ['sh', '-c', 'echo out; echo err >&2'],
      AttachStdout: true,
    }),
    exec('stderr alone', ['exec: AttachStderr'], {
      Cmd: ['sh', '-c', 'echo out; echo err >&2'],
      AttachStderr: true,
    }),
    exec(
      'a terminal, started as one',
      ['exec: Tty', 'exec: framing'],
      { Cmd: ['sh', '-c', 'tty; echo $TERM'], AttachStdout: true, Tty: true },
      { Tty: true },
    ),
    exec(
      'a terminal, started as none',
      ['exec: framing'],
      { Cmd: ['echo', 'framed'], AttachStdout: true, Tty: true },
      { Tty: false },
    ),
    exec(
      'no terminal, started as one',
      ['exec: framing'],
      { Cmd: ['echo', 'raw'], AttachStdout: true },
      { Tty: true },
    ),
    newer(
      exec('all capabilities', ['exec: Privileged'], {
        Cmd: ['sh', '-c', 'grep -c "CapEff:.*ff" /proc/self/status'],
        AttachStdout: true,
        Privileged: true,
      }),
      'dockerd asks for capabilities that this machine may not have',
      { said: { bytes: { 1: '1\n' } }, after: { ExitCode: 0 } },
    ),
    exec('limits and groups', ['exec: limits and groups'], {
      Cmd: ['sh', '-c', 'id -G; ulimit -n'],
      AttachStdout: true,
    }),
    exec('its environment', ['exec: Env'], {
      Cmd: ['sh', '-c', 'env | grep -v HOSTNAME | sort'],
      AttachStdout: true,
      Env: ['A=2', 'B=3'],
      User: 'nobody',
    }),
    exec('a user by number and group', ['exec: User'], { Cmd: ['id'], AttachStdout: true, User: '12:34' }),
    newer(
      exec('a directory that is not there', ['exec: WorkingDir', 'exec: exit code'], {
        Cmd: ['pwd'],
        AttachStdout: true,
        WorkingDir: '/no/such',
      }),
      '20.10 took it for 126',
      { after: { ExitCode: 127 } },
    ),
    newer(
      exec('a program that is not there', ['exec: exit code'], { Cmd: ['nosuch'], AttachStdout: true }),
      '20.10 took it for 126',
      { after: { ExitCode: 127 } },
    ),
    exec('keys to detach', ['exec: DetachKeys'], { Cmd: ['true'], AttachStdout: true, DetachKeys: 'ctrl-a' }),
    api('keys to detach that are none', 'POST', '/containers/host/exec', {
      body: { Cmd: ['true'], DetachKeys: 'zz' },
      covers: ['exec: DetachKeys'],
    }),
    custom(
      'a program that is not there, in the background',
      async (lab) => {
        const id = await created(lab, 'host', { Cmd: ['nosuch'] });
        const answer = await lab.engine.request('POST', `${V}/exec/${id}/start`, { body: { Detach: true } });
        return { status: answer.status, body: answer.json };
      },
      { covers: ['exec: Detach', 'exec: exit code'] },
    ),
    custom(
      'one that was started before',
      async (lab) => {
        const id = await created(lab, 'host', { Cmd: ['true'], AttachStdout: true });
        await (await startExec(lab, id, {})).rest();
        await inspectExec(lab, id);
        const answer = await lab.engine.request('POST', `${V}/exec/${id}/resize?h=1&w=1`);
        return { resize: answer.status };
      },
      { covers: ['POST /exec/{id}/resize'] },
    ),
    custom(
      'its size',
      async (lab) => {
        const id = await created(lab, 'host', {
          Cmd: ['sh', '-c', 'read x; stty size'],
          AttachStdin: true,
          AttachStdout: true,
          Tty: true,
        });
        const connection = await startExec(lab, id, { Tty: true });
        const { status } = await lab.engine.request('POST', `${V}/exec/${id}/resize?h=22&w=33`);
        connection.socket.write('\n');
        await connection.hear('22 33');
        return { status, said: ((await text(connection)) as { bytes: string }).bytes.includes('22 33') };
      },
      { covers: ['POST /exec/{id}/resize', 'exec: Tty'] },
    ),
    custom(
      'a client that goes',
      async (lab) => {
        const id = await created(lab, 'host', {
          Cmd: ['sh', '-c', 'echo begun; sleep 600'],
          AttachStdout: true,
        });
        const connection = await startExec(lab, id, {});
        await connection.hear('begun');
        connection.socket.destroy();
        await new Promise((resolve) => setTimeout(resolve, 100));
        const answer = await lab.engine.request('GET', `${V}/exec/${id}/json`);
        const ids = await lab.engine.docker(['inspect', '-f', '{{len .ExecIDs}}', 'host']);
        lab.notes.set('running', id);
        return { running: (answer.json as { Running: boolean }).Running, listed: ids.stdout.trim() };
      },
      { covers: ['exec: client gone', 'exec: ExecIDs'] },
    ),
    custom(
      'events of one',
      async (lab) => {
        const id = await created(lab, 'host', { Cmd: ['ls'], AttachStdout: true });
        await (await startExec(lab, id, {})).rest();
        await inspectExec(lab, id);
        return (await eventsOf(lab, 'host', /^exec_.*( ls|ls |die)/)).slice(-3);
      },
      { covers: ['exec: events', 'pitfall 25'] },
    ),
    custom(
      'events by the beginning of their action',
      async (lab) => {
        const filters = encodeURIComponent(JSON.stringify({ container: ['host'], event: ['exec_create'] }));
        const until = (Date.now() / 1000).toFixed(6);
        const { text: lines } = await lab.engine.request(
          'GET',
          `${V}/events?since=1&until=${until}&filters=${filters}`,
        );
        return lines.split('\n').filter((line) => line.includes('"exec_create: ls "')).length;
      },
      { covers: ['pitfall 25'] },
    ),
    newer(
      custom(
        'after the stop of its container',
        async (lab) => {
          const never = await created(lab, 'host', { Cmd: ['true'] });
          await lab.engine.docker(['stop', '-t', '0', 'host']);
          const killed = (await inspectExec(lab, lab.notes.get('running') ?? '')) as {
            status: number;
            ExitCode: number;
            Running: boolean;
          };
          const gone = await lab.engine.request('GET', `${V}/exec/${never}/json`);
          const again = await lab.engine.request('POST', `${V}/exec/${lab.notes.get('running')}/start`, {
            body: { Detach: true },
          });
          return {
            killed: [killed.status, killed.ExitCode, killed.Running],
            gone: gone.status,
            again: again.status,
          };
        },
        { covers: ['exec: after a stop', 'pitfall 18', 'exec: exit code'] },
      ),
      'a stopped one is a conflict since 28',
      { again: 409 },
    ),
    cli('it goes', ['rm', 'host']),
    custom(
      'after the removal of its container',
      async (lab) => {
        const answer = await lab.engine.request('GET', `${V}/exec/${lab.notes.get('running')}/json`);
        return answer.status;
      },
      { covers: ['exec: after a stop'] },
    ),
  ],
};
