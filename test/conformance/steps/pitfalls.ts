// SPDX-License-Identifier: Apache-2.0
import { access, rm } from 'node:fs/promises';
import type { Engine } from '../../support/engine.ts';
import { openHttp } from '../../support/http-request.ts';
import { custom, type StepGroup } from '../step.ts';
import { becomes, inspect, type State } from './container-state.ts';

const V = '/v1.41';
const STAYS = ['sleep', '600'];

async function eventsOf(engine: Engine, name: string, since: number): Promise<readonly string[]> {
  const until = (Date.now() / 1000).toFixed(6);
  const filters = encodeURIComponent(JSON.stringify({ container: [name] }));
  const { text } = await engine.request(
    'GET',
    `${V}/events?since=${since.toFixed(6)}&until=${until}&filters=${filters}`,
  );
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { Action: string }).Action);
}

/** Where clients trip: what must be true by the time they hear of it. */
export const pitfallSteps: StepGroup = {
  noun: 'pitfalls',
  steps: [
    custom(
      'die comes after the state is kept',
      async ({ engine }) => {
        await engine.request('POST', `${V}/containers/create?name=dying`, {
          body: { Image: 'busybox', Cmd: ['sh', '-c', 'exit 4'] },
        });
        const filters = encodeURIComponent(JSON.stringify({ container: ['dying'], event: ['die'] }));
        const response = await openHttp(engine.socket, 'GET', `${V}/events?filters=${filters}`);
        await engine.request('POST', `${V}/containers/dying/start`);
        await new Promise((resolve) => response.once('data', resolve));
        response.destroy();
        const { Status, ExitCode, Running } = (await inspect(engine, 'dying')).State;
        await engine.docker(['rm', 'dying']);
        return { Status, ExitCode, Running };
      },
      { covers: ['pitfall 3', 'rule: state exited'] },
    ),
    custom(
      'health begins with the first running',
      async ({ engine }) => {
        await engine.request('POST', `${V}/containers/create?name=young`, {
          body: { Image: 'busybox', Cmd: STAYS, Healthcheck: { Test: ['CMD', 'true'] } },
        });
        const filters = encodeURIComponent(JSON.stringify({ container: ['young'], event: ['start'] }));
        const response = await openHttp(engine.socket, 'GET', `${V}/events?filters=${filters}`);
        const started = engine.request('POST', `${V}/containers/young/start`);
        await new Promise((resolve) => response.once('data', resolve));
        response.destroy();
        const { State } = await inspect(engine, 'young');
        await started;
        await engine.docker(['rm', '-f', 'young']);
        return (State as State & { Health: unknown }).Health;
      },
      { covers: ['pitfall 4', 'health: inspect'] },
    ),
    custom(
      'ports are there before the start answers',
      async ({ engine }) => {
        await engine.request('POST', `${V}/containers/create?name=harbour`, {
          body: {
            Image: 'busybox',
            Cmd: STAYS,
            ExposedPorts: { '80/tcp': {}, '81/udp': {} },
            HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '' }] } },
          },
        });
        await engine.request('POST', `${V}/containers/harbour/start`);
        const answer = await engine.request('GET', `${V}/containers/harbour/json`);
        const { Ports } = (
          answer.json as {
            NetworkSettings: { Ports: Record<string, { HostIp: string; HostPort: string }[] | null> };
          }
        ).NetworkSettings;
        await engine.docker(['rm', '-f', 'harbour']);
        const bindings = Ports['80/tcp'] ?? [];
        return {
          keys: Object.keys(Ports).toSorted(),
          exposed: Ports['81/udp'],
          addresses: bindings.map(({ HostIp }) => HostIp),
          numbered: bindings.every(({ HostPort }) => Number(HostPort) > 0),
          same: new Set(bindings.map(({ HostPort }) => HostPort)).size,
        };
      },
      { covers: ['pitfall 5', 'pitfall 6', 'inspect: Ports'] },
    ),
    custom(
      'a source of Binds is made at the start, not before',
      async ({ engine }) => {
        const path = `${engine.directory}/made-by-binds`;
        const there = (): Promise<boolean> =>
          access(path).then(
            () => true,
            () => false,
          );
        await engine.docker(['create', '--name', 'maker', '-v', `${path}:/a`, 'busybox', 'true']);
        const before = await there();
        await engine.docker(['start', 'maker']);
        const after = await there();
        await engine.docker(['rm', '-f', 'maker']);
        await rm(path, { recursive: true, force: true });
        return { before, after };
      },
      { covers: ['pitfall 15', 'HostConfig.Binds'] },
    ),
    custom(
      'what a signal makes of it',
      async ({ engine }) => {
        const since = Date.now() / 1000;
        await engine.docker([
          'run',
          '-d',
          '--name',
          'hup',
          '--restart',
          'always',
          'busybox',
          'sh',
          '-c',
          'trap "exit 5" HUP; while :; do sleep 0.05; done',
        ]);
        await new Promise((resolve) => setTimeout(resolve, 300));
        await engine.docker(['kill', '-s', 'HUP', 'hup']);
        const { Status, ExitCode } = await becomes(engine, 'hup', 'exited');
        const actions = await eventsOf(engine, 'hup', since);
        await engine.docker(['rm', '-f', 'hup']);
        return { Status, ExitCode, actions };
      },
      { covers: ['rule: restart ended by stop and kill'] },
    ),
  ],
};
