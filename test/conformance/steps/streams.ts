// SPDX-License-Identifier: Apache-2.0
import { openRaw, type RawConnection } from '../../support/raw-connection.ts';
import { api, cli, custom, newer, type Lab, type Step, type StepGroup } from '../step.ts';

const V = '/v1.41';
const UPGRADE = { Connection: 'Upgrade', Upgrade: 'tcp' };

const attach = (
  lab: Lab,
  name: string,
  query: string,
  headers: Readonly<Record<string, string>> = UPGRADE,
): Promise<RawConnection> =>
  openRaw(lab.engine.socket, 'POST', `${V}/containers/${name}/attach?${query}`, headers);

/** The lines of a head that do not depend on the version of the engine. */
const headOf = (head: string): readonly string[] =>
  head.split('\r\n').filter((line) => /^(HTTP|Content-Type|Connection|Upgrade)/.test(line));

async function text(connection: RawConnection, patience?: number): Promise<unknown> {
  const { bytes, ended } = await connection.rest(patience);
  return { head: headOf(connection.head), bytes: bytes.toString('latin1'), ended };
}

const made = (name: string, config: object): Step =>
  api(`a container named ${name}`, 'POST', `/containers/create?name=${name}`, {
    body: { Image: 'busybox', ...config },
    pick: () => 'made',
  });

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

const eventsOf = async (lab: Lab, container: string, pattern: RegExp): Promise<readonly string[]> => {
  const filters = encodeURIComponent(JSON.stringify({ container: [container] }));
  const until = (Date.now() / 1000).toFixed(6);
  const { text: lines } = await lab.engine.request(
    'GET',
    `${V}/events?since=1&until=${until}&filters=${filters}`,
  );
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { Action: string }).Action)
    .filter((action) => pattern.test(action));
};

const ATTACH = 'POST /containers/{id}/attach';

const attached = (name: string, covers: readonly string[], observe: (lab: Lab) => Promise<unknown>): Step =>
  custom(name, observe, { covers: [ATTACH, ...covers] });

/** Bytes on hijacked connections: attach and exec without a client between. */
export const streamSteps: StepGroup = {
  noun: 'streams',
  steps: [
    made('speaker', {
      Cmd: ['sh', '-c', 'echo out; echo err >&2; read x; echo got $x; sleep 600'],
      OpenStdin: true,
    }),
    attached(
      'attached before its start, with an upgrade',
      ['attach: upgrade', 'attach: stopped', 'attach: stream'],
      async (lab) => {
        const connection = await attach(lab, 'speaker', 'stream=1&stdout=1&stdin=1');
        await lab.engine.docker(['start', 'speaker']);
        await connection.hear('out\n');
        connection.socket.write('a line\n');
        await connection.hear('got a line\n');
        connection.socket.destroy();
        return headOf(connection.head);
      },
    ),
    attached(
      'without an upgrade, with what was said before',
      ['attach: upgrade', 'attach: logs'],
      async (lab) => {
        const connection = await attach(lab, 'speaker', 'stream=1&logs=1&stdout=1', {});
        await connection.hear('got a line\n');
        return text(connection, 1);
      },
    ),
    attached('what was said before, alone', ['attach: logs'], async (lab) => {
      const said = (await text(await attach(lab, 'speaker', 'logs=1&stderr=1'))) as { bytes: string };
      return said;
    }),
    attached('nothing asked', ['attach: nothing asked'], async (lab) =>
      text(await attach(lab, 'speaker', '')),
    ),
    attached('bad detach keys', ['attach: detach keys', 'attach: refusals'], async (lab) =>
      text(await attach(lab, 'speaker', 'stream=1&stdout=1&detachKeys=zz')),
    ),
    attached('nobody', ['attach: refusals'], async (lab) =>
      text(await attach(lab, 'nobody', 'stream=1&stdout=1')),
    ),
    attached('several, each of which gets all', ['attach: many'], async (lab) => {
      await lab.engine.docker([
        'run',
        '-d',
        '-i',
        '--name',
        'many',
        'busybox',
        'sh',
        '-c',
        'read x; seq 1 500; echo end',
      ]);
      const all = await Promise.all([1, 2, 3].map(() => attach(lab, 'many', 'stream=1&stdout=1')));
      const speaker = await attach(lab, 'many', 'stream=1&stdin=1');
      speaker.socket.write('go\n');
      const said = await Promise.all(
        all.map(async (each) => (await each.rest()).bytes.toString('latin1').includes('end\n')),
      );
      speaker.socket.destroy();
      return said;
    }),
    custom('events of attaching', async (lab) => new Set(await eventsOf(lab, 'many', /^attach$/)).size, {
      covers: ['attach: event'],
    }),
    made('typist', { Cmd: ['sh', '-c', 'echo ready; cat'], Tty: true, OpenStdin: true }),
    attached(
      'detached from a terminal by its keys',
      ['attach: detach', 'attach: detach keys', 'Config.Tty'],
      async (lab) => {
        const connection = await attach(lab, 'typist', 'stream=1&stdout=1&stdin=1&detachKeys=a,ctrl-b');
        await lab.engine.docker(['start', 'typist']);
        await connection.hear('ready');
        connection.socket.write('a');
        await new Promise((resolve) => setTimeout(resolve, 100));
        connection.socket.write('\u0002');
        const said = await text(connection);
        const { stdout } = await lab.engine.docker(['inspect', '-f', '{{.State.Running}}', 'typist']);
        return { said, runs: stdout.trim(), events: await eventsOf(lab, 'typist', /^detach$/) };
      },
    ),
    made('deaf', { Cmd: ['sh', '-c', 'cat; echo deaf; sleep 600'] }),
    attached(
      'stdin of one that has none',
      ['attach: stdin that is not open', 'Config.OpenStdin'],
      async (lab) => {
        await lab.engine.docker(['start', 'deaf']);
        const connection = await attach(lab, 'deaf', 'stream=1&logs=1&stdin=1&stdout=1');
        connection.socket.write('hello\n');
        await connection.hear('deaf\n');
        return text(connection, 1);
      },
    ),
    made('once', { Cmd: ['sh', '-c', 'cat; echo end'], OpenStdin: true, StdinOnce: true }),
    attached('stdin of the first one alone', ['attach: end of stdin', 'Config.StdinOnce'], async (lab) => {
      const connection = await attach(lab, 'once', 'stream=1&stdin=1&stdout=1');
      await lab.engine.docker(['start', 'once']);
      connection.socket.write('hello\n');
      await connection.hear('hello\n');
      connection.socket.end();
      return text(connection);
    }),
    cli('they go', ['rm', '-f', 'speaker', 'many', 'typist', 'deaf', 'once']),

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
      { said: { bytes: '\u0001\0\0\0\0\0\0\u00021\n' }, after: { ExitCode: 0 } },
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
