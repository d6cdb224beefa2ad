// SPDX-License-Identifier: Apache-2.0
import { openRaw, type RawConnection } from '../../support/raw-connection.ts';
import { eventsOf, headOf, text, UPGRADE } from './hijacked.ts';
import { api, cli, custom, type Lab, type Step, type StepGroup } from '../step.ts';

const V = '/v1.41';

const attach = (
  lab: Lab,
  name: string,
  query: string,
  headers: Readonly<Record<string, string>> = UPGRADE,
): Promise<RawConnection> =>
  openRaw(lab.engine.socket, 'POST', `${V}/containers/${name}/attach?${query}`, headers);

const made = (name: string, config: object): Step =>
  api(`a container named ${name}`, 'POST', `/containers/create?name=${name}`, {
    body: { Image: 'busybox', ...config },
    pick: () => 'made',
  });

const logged = async (lab: Lab, name: string, words: string): Promise<void> => {
  for (let looks = 0; looks < 200; looks += 1) {
    if ((await lab.engine.docker(['logs', name])).stdout.includes(words)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const ATTACH = 'POST /containers/{id}/attach';

const attached = (name: string, covers: readonly string[], observe: (lab: Lab) => Promise<unknown>): Step =>
  custom(name, observe, { covers: [ATTACH, ...covers] });

/** Bytes on hijacked connections: attach without a client between. */
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
        // What is said while a client attaches with logs may come to it twice, or late: both daemons read two sources.
        await logged(lab, 'deaf', 'deaf\n');
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
  ],
};
