// SPDX-License-Identifier: Apache-2.0
import { call, createContainer } from '../api-client.ts';
import { mustDocker, timed, type Benchmark } from '../row.ts';

function runThrough(network: string, aim: number): Benchmark {
  const row = `docker run --rm, ${network}`;
  return {
    name: `run-${network}`,
    rows: { [row]: { unit: 'ms', aim } },
    iterations: 25,
    quickIterations: 4,
    sample: async (engine) => ({
      [row]: await timed(() => mustDocker(engine, ['run', '--rm', '--network', network, 'busybox', 'true'])),
    }),
  };
}

const life: Benchmark = {
  name: 'life',
  rows: {
    'API create': { unit: 'ms' },
    'API start, bridge': { unit: 'ms' },
    'API wait': { unit: 'ms' },
    'API delete': { unit: 'ms' },
  },
  iterations: 30,
  quickIterations: 4,
  sample: async (engine) => {
    let id = '';
    const create = await timed(async () => {
      id = await createContainer(engine, { Cmd: ['true'] });
    });
    const start = await timed(() => call(engine, 'POST', `/v1.41/containers/${id}/start`));
    const wait = await timed(() => call(engine, 'POST', `/v1.41/containers/${id}/wait`));
    const remove = await timed(() => call(engine, 'DELETE', `/v1.41/containers/${id}`));
    return { 'API create': create, 'API start, bridge': start, 'API wait': wait, 'API delete': remove };
  },
};

const CONCURRENCY = 8;

/** 100 lives of a container, eight at a time. */
const crowd: Benchmark = {
  name: 'crowd',
  rows: { '100 containers, 8 at a time': { unit: 'containers/s', greaterIsBetter: true, aim: 2.5 } },
  iterations: 3,
  quickIterations: 1,
  sample: async (engine) => {
    let left = 100;
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        const id = await createContainer(engine, { Cmd: ['true'] });
        await call(engine, 'POST', `/v1.41/containers/${id}/start`);
        await call(engine, 'POST', `/v1.41/containers/${id}/wait`);
        await call(engine, 'DELETE', `/v1.41/containers/${id}`);
      }
    };
    const took = await timed(() => Promise.all(Array.from({ length: CONCURRENCY }, worker)));
    return { '100 containers, 8 at a time': 100_000 / took };
  },
};

const exec: Benchmark = {
  name: 'exec',
  rows: { 'exec: create, start to its end, inspect': { unit: 'ms', aim: 1 } },
  iterations: 30,
  quickIterations: 4,
  prepare: async (engine) =>
    void (await mustDocker(engine, ['run', '-d', '--name', 'bench-exec', 'busybox', 'sleep', '3600'])),
  sample: async (engine) => ({
    'exec: create, start to its end, inspect': await timed(async () => {
      const created = await call(engine, 'POST', '/v1.41/containers/bench-exec/exec', {
        Cmd: ['true'],
        AttachStdout: true,
      });
      const { Id } = created.json as { Id: string };
      await call(engine, 'POST', `/v1.41/exec/${Id}/start`, { Detach: false });
      const inspected = await call(engine, 'GET', `/v1.41/exec/${Id}/json`);
      if ((inspected.json as { ExitCode: number }).ExitCode !== 0)
        throw new Error('the exec did not end well');
    }),
  }),
  cleanUp: async (engine) => void (await mustDocker(engine, ['rm', '-f', 'bench-exec'])),
};

const PORTS = 10;

function portBody(first: number): object {
  const ports = Array.from({ length: PORTS }, (_, index) => first + index);
  return {
    Cmd: ['sleep', '60'],
    ExposedPorts: Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])),
    HostConfig: {
      PortBindings: Object.fromEntries(ports.map((port) => [`${port}/tcp`, [{ HostPort: String(port) }]])),
    },
  };
}

/** What ten published ports add to a start, for one of them. */
const ports: Benchmark = {
  name: 'ports',
  rows: { 'publish a port (what it adds to a start)': { unit: 'ms', aim: 0.1 } },
  iterations: 15,
  quickIterations: 3,
  sample: async (engine) => {
    const starts: number[] = [];
    for (const body of [{ Cmd: ['sleep', '60'] }, portBody(20_000)]) {
      const id = await createContainer(engine, body);
      starts.push(await timed(() => call(engine, 'POST', `/v1.41/containers/${id}/start`)));
      await call(engine, 'DELETE', `/v1.41/containers/${id}?force=1`);
    }
    return { 'publish a port (what it adds to a start)': ((starts[1] ?? 0) - (starts[0] ?? 0)) / PORTS };
  },
};

/** The life of containers. Aims are Berth/dockerd 20.10, from the measurements before the engine was begun. */
export const runBenchmarks: readonly Benchmark[] = [
  runThrough('bridge', 0.4),
  runThrough('none', 0.5),
  runThrough('host', 0.65),
  life,
  crowd,
  exec,
  ports,
];
