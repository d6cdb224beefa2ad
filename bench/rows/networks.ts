// SPDX-License-Identifier: Apache-2.0
import type { Engine } from '../../test/support/engine.ts';
import { call, closeConnections, createContainer } from '../api-client.ts';
import { mustDocker, timed, type Benchmark } from '../row.ts';

const SLEEP = ['sleep', '3600'];

async function createNetwork(engine: Engine, name: string): Promise<string> {
  const answer = await call(engine, 'POST', '/v1.41/networks/create', { Name: name });
  return (answer.json as { Id: string }).Id;
}

const removeNetwork = (engine: Engine, name: string): Promise<unknown> =>
  call(engine, 'DELETE', `/v1.41/networks/${name}`);

const removeContainer = (engine: Engine, name: string): Promise<unknown> =>
  call(engine, 'DELETE', `/v1.41/containers/${name}?force=1`);

const life: Benchmark = {
  name: 'network-life',
  rows: {
    'network create and remove': { unit: 'ms', aim: 0.3 },
    'network create': { unit: 'ms' },
    'network remove': { unit: 'ms' },
  },
  iterations: 30,
  quickIterations: 4,
  sample: async (engine) => {
    const create = await timed(() => createNetwork(engine, 'bench-life'));
    const remove = await timed(() => removeNetwork(engine, 'bench-life'));
    return {
      'network create and remove': create + remove,
      'network create': create,
      'network remove': remove,
    };
  },
};

const connection: Benchmark = {
  name: 'network-connect',
  rows: {
    'connect and disconnect of a running container': { unit: 'ms', aim: 0.3 },
    'connect of a running container': { unit: 'ms' },
    'disconnect of a running container': { unit: 'ms' },
  },
  iterations: 30,
  quickIterations: 4,
  prepare: async (engine) => {
    await createNetwork(engine, 'bench-connect');
    await mustDocker(engine, ['run', '-d', '--name', 'bench-connected', 'busybox', ...SLEEP]);
  },
  sample: async (engine) => {
    const change = (verb: string): Promise<number> =>
      timed(() =>
        call(engine, 'POST', `/v1.41/networks/bench-connect/${verb}`, { Container: 'bench-connected' }),
      );
    const connect = await change('connect');
    const disconnect = await change('disconnect');
    return {
      'connect and disconnect of a running container': connect + disconnect,
      'connect of a running container': connect,
      'disconnect of a running container': disconnect,
    };
  },
  cleanUp: async (engine) => {
    await removeContainer(engine, 'bench-connected');
    await removeNetwork(engine, 'bench-connect');
  },
};

const NETWORKS = ['bench-one', 'bench-two', 'bench-three'];

const three: Benchmark = {
  name: 'network-three',
  rows: { 'API start, three networks': { unit: 'ms', aim: 0.35 } },
  iterations: 20,
  quickIterations: 4,
  prepare: async (engine) => {
    for (const network of NETWORKS) await createNetwork(engine, network);
  },
  sample: async (engine) => {
    const [first = '', ...others] = NETWORKS;
    const id = await createContainer(engine, { Cmd: SLEEP, HostConfig: { NetworkMode: first } });
    for (const other of others)
      await call(engine, 'POST', `/v1.41/networks/${other}/connect`, { Container: id });
    const start = await timed(() => call(engine, 'POST', `/v1.41/containers/${id}/start`));
    await removeContainer(engine, id);
    return { 'API start, three networks': start };
  },
  cleanUp: async (engine) => {
    for (const network of NETWORKS) await removeNetwork(engine, network);
  },
};

const PORTS = 1000;
const FIRST_PORT = 20_000;

/** A range published as `-p 20000-20999:20000-20999` asks for it; dockerd's choice of a proxy, or without one. */
function range(proxy: 'default' | 'none'): Benchmark {
  const suffix = proxy === 'none' ? ', userland-proxy=false' : '';
  const [start, remove] = [`start with 1,000 published ports${suffix}`, `removal of that container${suffix}`];
  const ports = Array.from({ length: PORTS }, (_, index) => String(FIRST_PORT + index));
  const restart = async (engine: Engine, flags: readonly string[]): Promise<void> => {
    closeConnections(engine);
    await engine.end();
    await engine.start(flags);
  };
  return {
    name: `range-${proxy}`,
    rows: { [start]: { unit: 'ms', aim: 0.05 }, [remove]: { unit: 'ms' } },
    // dockerd takes minutes for one.
    iterations: 1,
    quickIterations: 1,
    ...(proxy === 'none' && {
      prepare: (engine: Engine) => restart(engine, ['--userland-proxy=false']),
      cleanUp: (engine: Engine) => restart(engine, []),
    }),
    sample: async (engine) => {
      const id = await createContainer(engine, {
        Cmd: SLEEP,
        ExposedPorts: Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])),
        HostConfig: {
          PortBindings: Object.fromEntries(ports.map((port) => [`${port}/tcp`, [{ HostPort: port }]])),
        },
      });
      return {
        [start]: await timed(() => call(engine, 'POST', `/v1.41/containers/${id}/start`)),
        [remove]: await timed(() => removeContainer(engine, id)),
      };
    },
  };
}

/** What networks of users and published ports cost. */
export const networkBenchmarks: readonly Benchmark[] = [
  life,
  connection,
  three,
  range('default'),
  range('none'),
];
