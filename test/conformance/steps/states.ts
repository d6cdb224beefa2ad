// SPDX-License-Identifier: Apache-2.0
import type { Engine } from '../../support/engine.ts';
import { openHttp } from '../../support/http-request.ts';
import { api, cli, custom, newer, refused, type Step, type StepGroup } from '../step.ts';
import { becomes, inspect } from './container-state.ts';

const V = '/v1.41';

const create = (name: string, command: readonly string[], host: object = {}, config: object = {}): Step =>
  api(`a container named ${name}`, 'POST', `/containers/create?name=${name}`, {
    body: { Image: 'busybox', Cmd: command, HostConfig: host, ...config },
    pick: () => 'made',
  });

const LOOP = ['sh', '-c', 'sleep 0.1; exit 3'];
const STAYS = ['sleep', '600'];
const ALWAYS = { RestartPolicy: { Name: 'always' } };

async function waited(
  engine: Engine,
  name: string,
  condition: string,
  deed: () => Promise<unknown>,
): Promise<unknown> {
  const response = await openHttp(
    engine.socket,
    'POST',
    `${V}/containers/${name}/wait?condition=${condition}`,
  );
  await deed();
  const { text } = await import('node:stream/consumers');
  const { StatusCode } = JSON.parse(await text(response)) as { StatusCode: number };
  return { status: response.statusCode, StatusCode };
}

/** States and what may be done in each, waiting, and how a policy comes to its end. */
export const stateSteps: StepGroup = {
  noun: 'states',
  steps: [
    create('looping', ['sh', '-c', 'exit 3'], ALWAYS),
    custom(
      'restarts',
      async ({ engine }) => {
        await engine.request('POST', `${V}/containers/looping/start`);
        // By then the pauses between its runs are long enough to look at it.
        for (let attempt = 0; attempt < 500; attempt++) {
          const { RestartCount, State } = await inspect(engine, 'looping');
          if (RestartCount >= 4 && State.Status === 'restarting') break;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        const { Status, Running, Restarting, Pid, ExitCode, FinishedAt } = (await inspect(engine, 'looping'))
          .State;
        return {
          Status,
          Running,
          Restarting,
          noPid: Pid === 0,
          ExitCode,
          ended: !FinishedAt.startsWith('0001'),
        };
      },
      { covers: ['rule: state restarting', 'pitfall 1', 'rule: restart count'] },
    ),
    newer(
      custom(
        'what may be done to it meanwhile',
        async ({ engine }) => {
          const tell = async (method: string, path: string, body?: object): Promise<unknown> => {
            // Its pause may end meanwhile: then it is asked once more.
            for (;;) {
              await becomes(engine, 'looping', 'restarting');
              const before = (await inspect(engine, 'looping')).RestartCount;
              const options = body === undefined ? {} : { body };
              const answer = await engine.request(method, `${V}/containers/looping${path}`, options);
              const { RestartCount, State } = await inspect(engine, 'looping');
              if (RestartCount !== before || State.Status !== 'restarting') continue;
              return [
                answer.status,
                (answer.json as { message?: string } | undefined)?.message ?? answer.text,
              ];
            }
          };
          return {
            pause: await tell('POST', '/pause'),
            exec: await tell('POST', '/exec', { Cmd: ['true'] }),
            attach: await tell('POST', '/attach?stream=1&stdout=1'),
            remove: await tell('DELETE', ''),
            start: await tell('POST', '/start'),
          };
        },
        { covers: ['rule: pause', 'exec: state', 'attach: refusals', 'rule: rm', 'pitfall 1'] },
      ),
      'the words of 28.5',
      (oracle) => ({
        ...(oracle as object),
        remove: [
          409,
          'cannot remove container "looping": container is restarting: stop the container before removing or force remove',
        ],
      }),
    ),
    custom(
      'its status in the list',
      async ({ engine }) => {
        await becomes(engine, 'looping', 'restarting');
        const { stdout } = await engine.docker([
          'ps',
          '-a',
          '--filter',
          'status=restarting',
          '--format',
          '{{.Names}} {{.Status}}',
        ]);
        return stdout.replace(/\d+ seconds? ago|Less than a second ago|About.*ago/, '<age>').trim();
      },
      { covers: ['rule: status text'] },
    ),
    custom(
      'wait answers while it restarts',
      ({ engine }) => waited(engine, 'looping', 'not-running', async () => undefined),
      { covers: ['rule: wait on restarting'] },
    ),
    custom(
      'a stop ends it',
      async ({ engine }) => {
        await becomes(engine, 'looping', 'restarting');
        const { status } = await engine.request('POST', `${V}/containers/looping/stop?t=0`);
        const { Status, Restarting, Running } = await becomes(engine, 'looping', 'exited');
        return { status, Status, Restarting, Running };
      },
      { covers: ['pitfall 11', 'rule: restart ended by stop and kill'] },
    ),
    api('and it is removed', 'DELETE', '/containers/looping', { covers: ['rule: state removing'] }),

    create('healed', STAYS, ALWAYS, { StopSignal: 'SIGUSR2' }),
    custom(
      'a signal that is not its own leaves the policy on',
      async ({ engine }) => {
        await engine.request('POST', `${V}/containers/healed/start`);
        await engine.request('POST', `${V}/containers/healed/kill?signal=KILL`);
        await becomes(engine, 'healed', 'exited');
        await engine.request('POST', `${V}/containers/healed/start`);
        await engine.docker(['exec', 'healed', 'true']);
        const pid = (await inspect(engine, 'healed')).State.Pid;
        process.kill(pid, 'SIGKILL');
        for (
          let attempt = 0;
          attempt < 500 && (await inspect(engine, 'healed')).RestartCount === 0;
          attempt++
        )
          await new Promise((resolve) => setTimeout(resolve, 20));
        return (await inspect(engine, 'healed')).RestartCount;
      },
      { covers: ['rule: restart other signals', 'rule: restart always'] },
    ),
    custom(
      'the count begins anew with a start',
      async ({ engine }) => {
        await engine.request('POST', `${V}/containers/healed/stop?t=0`);
        await engine.request('POST', `${V}/containers/healed/start`);
        return (await inspect(engine, 'healed')).RestartCount;
      },
      { covers: ['rule: restart count'] },
    ),
    cli('and it goes', ['rm', '-f', 'healed']),

    create('frozen', STAYS),
    custom(
      'a paused one that is killed',
      async ({ engine }) => {
        await engine.docker(['start', 'frozen']);
        await engine.docker(['pause', 'frozen']);
        const { status } = await engine.request('POST', `${V}/containers/frozen/kill`);
        const { Status, Paused, ExitCode } = await becomes(engine, 'frozen', 'exited');
        return { status, Status, Paused, ExitCode };
      },
      { covers: ['rule: kill a paused one'] },
    ),
    custom(
      'a paused one that is stopped',
      async ({ engine }) => {
        await engine.docker(['start', 'frozen']);
        await engine.docker(['pause', 'frozen']);
        const { status } = await engine.request('POST', `${V}/containers/frozen/stop?t=1`);
        const { Status, Paused, ExitCode } = await becomes(engine, 'frozen', 'exited');
        return { status, Status, Paused, ExitCode };
      },
      { covers: ['rule: kill a paused one', 'rule: stop'] },
    ),
    refused(
      api('a signal of no number', 'POST', '/containers/frozen/kill?signal=0'),
      400,
      'cannot kill container: frozen: invalid signal: 0',
    ),
    refused(
      api('a signal beyond all', 'POST', '/containers/frozen/kill?signal=65'),
      400,
      'cannot kill container: frozen: the linux daemon does not support signal 65',
    ),
    cli('and it goes too', ['rm', '-f', 'frozen']),

    create('brief', LOOP, { AutoRemove: true }),
    custom(
      'wait tells the code of one that removes itself',
      ({ engine }) =>
        waited(engine, 'brief', 'removed', () => engine.request('POST', `${V}/containers/brief/start`)),
      { covers: ['pitfall 2', 'rule: wait removed', 'rule: rm auto'] },
    ),
    create('brief', LOOP, { AutoRemove: true }),
    custom(
      'wait for the next exit of one that removes itself',
      ({ engine }) =>
        waited(engine, 'brief', 'next-exit', () => engine.request('POST', `${V}/containers/brief/start`)),
      { covers: ['pitfall 2', 'rule: wait next-exit'] },
    ),
    create('unborn', STAYS),
    custom(
      'waiting for the exit of one that is removed',
      ({ engine }) =>
        waited(engine, 'unborn', 'next-exit', () => engine.request('DELETE', `${V}/containers/unborn`)),
      { covers: ['rule: wait next-exit', 'rule: wait not-running'] },
    ),
    custom(
      'one that cannot start and removes itself',
      async ({ engine }) => {
        await engine.request('POST', `${V}/containers/create?name=stillborn`, {
          body: { Image: 'busybox', Cmd: ['/nope'], HostConfig: { AutoRemove: true } },
        });
        const { status } = await engine.request('POST', `${V}/containers/stillborn/start`);
        for (let attempt = 0; attempt < 250; attempt++) {
          if ((await engine.request('GET', `${V}/containers/stillborn/json`)).status === 404)
            return { status, gone: true };
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return { status, gone: false };
      },
      { covers: ['rule: state failed start'] },
    ),

    create('keeper', STAYS, { AutoRemove: true, Binds: ['/anonymous', 'named-one:/named'] }),
    custom(
      'volumes of one that removes itself',
      async ({ engine }) => {
        const names = async (): Promise<number> =>
          (await engine.docker(['volume', 'ls', '-q'])).stdout.split('\n').filter(Boolean).length;
        await engine.docker(['start', 'keeper']);
        const before = await names();
        await engine.request('POST', `${V}/containers/keeper/restart?t=0`);
        const running = (await inspect(engine, 'keeper')).State.Status;
        await waited(engine, 'keeper', 'removed', () =>
          engine.request('POST', `${V}/containers/keeper/stop?t=0`),
        );
        return { running, gone: before - (await names()) };
      },
      { covers: ['rule: rm auto', 'rule: restart', 'rule: rm volumes'] },
    ),
    create('holder', STAYS, { Binds: ['/anonymous', 'named-one:/named'] }),
    custom(
      'volumes of one that is removed',
      async ({ engine }) => {
        const names = async (): Promise<number> =>
          (await engine.docker(['volume', 'ls', '-q'])).stdout.split('\n').filter(Boolean).length;
        const before = await names();
        await engine.request('DELETE', `${V}/containers/holder?v=1`);
        return before - (await names());
      },
      { covers: ['rule: rm volumes'] },
    ),
    cli('the named one goes by hand', ['volume', 'rm', 'named-one']),

    create('linkless', STAYS),
    api('the name of a link that is its own', 'DELETE', '/containers/linkless?link=1', {
      covers: ['rule: rm link'],
    }),
    api('a name with a slash in the path', 'GET', '/containers/%2Flinkless/json', {
      covers: ['pitfall 23', 'rule: name lookup'],
      heads: ['location'],
    }),
    custom(
      'a prefix of one character',
      async ({ engine }) => {
        const { stdout } = await engine.docker(['inspect', '-f', '{{.Id}}', 'linkless']);
        const { status, json } = await engine.request('GET', `${V}/containers/${stdout.slice(0, 1)}/json`);
        return { status, name: (json as { Name: string }).Name };
      },
      { covers: ['pitfall 23', 'rule: name lookup', 'rule: id form'] },
    ),
    refused(
      custom(
        'a prefix of several',
        async ({ engine }) => {
          const ids = new Set<string>();
          for (let count = 0; count < 40; count++) {
            const made = await engine.request('POST', `${V}/containers/create`, {
              body: { Image: 'busybox', Cmd: ['true'] },
            });
            const first = (made.json as { Id: string }).Id.slice(0, 1);
            if (ids.has(first)) {
              const { status, json } = await engine.request('GET', `${V}/containers/${first}/json`);
              return {
                status,
                body: { message: (json as { message: string }).message.replace(/: .$/, ': x') },
              };
            }
            ids.add(first);
          }
          return 'never';
        },
        { covers: ['rule: name lookup'] },
      ),
      400,
      'multiple IDs found with provided prefix: x',
    ),
    cli('all of these go', ['container', 'prune', '-f'], { rules: [[/[\s\S]+/, 'gone']] }),
  ],
};
