// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../test/support/engine.ts';
import { mustRun } from '../../test/support/run-command.ts';
import { call, closeConnections, createContainer } from '../api-client.ts';
import { cpuSeconds } from '../process-cost.ts';
import { mustDocker, timed, type Benchmark } from '../row.ts';

/** Makes `count` containers of a label, started ones if asked, a few at a time. */
async function makeMany(engine: Engine, label: string, count: number, body: object): Promise<string[]> {
  const ids: string[] = [];
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) ids.push(await createContainer(engine, { Labels: { [label]: '' }, ...body }));
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return ids;
}

async function startAll(engine: Engine, ids: readonly string[]): Promise<void> {
  const left = [...ids];
  const worker = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop())
      await call(engine, 'POST', `/v1.41/containers/${id}/start`);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

async function removeMany(engine: Engine, label: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
  const answer = await call(engine, 'GET', `/v1.41/containers/json?all=1&filters=${filters}`);
  const left = (answer.json as { Id: string }[]).map(({ Id }) => Id);
  const worker = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop())
      await call(engine, 'DELETE', `/v1.41/containers/${id}?force=1`);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

const WATCHED = 50;
const WATCH_SECONDS = 8;

/** `docker stats` of 50 containers: what the watching costs the daemon. */
const stats: Benchmark = {
  name: 'stats',
  rows: { 'docker stats of 50 containers, CPU of the daemon': { unit: 's/s', aim: 0.3 } },
  iterations: 4,
  quickIterations: 1,
  prepare: async (engine) => {
    await startAll(engine, await makeMany(engine, 'bench.stats', WATCHED, { Cmd: ['sleep', '3600'] }));
  },
  sample: async (engine) => {
    const child = spawn(
      'docker',
      ['-H', `unix://${engine.socket}`, 'stats', '--format', '{{.ID}} {{.CPUPerc}}'],
      {
        stdio: 'ignore',
      },
    );
    const ended = new Promise((resolve) => child.on('exit', resolve));
    // The first samples are taken as the streams begin, which is another cost.
    await sleep(3000);
    const before = cpuSeconds(engine.pid);
    const took = await timed(() => sleep(WATCH_SECONDS * 1000));
    const used = cpuSeconds(engine.pid) - before;
    child.kill();
    await ended;
    return { 'docker stats of 50 containers, CPU of the daemon': used / (took / 1000) };
  },
  cleanUp: (engine) => removeMany(engine, 'bench.stats'),
};

const KEPT = 500;

const processes: Benchmark = {
  name: 'ps',
  rows: {
    'docker ps -a of 500 containers': { unit: 'ms', aim: 0.8 },
    'list of 500 containers, without the CLI': { unit: 'ms', aim: 0.8 },
  },
  iterations: 15,
  quickIterations: 3,
  prepare: async (engine) => void (await makeMany(engine, 'bench.ps', KEPT, { Cmd: ['true'] })),
  sample: async (engine) => ({
    'docker ps -a of 500 containers': await timed(() => mustDocker(engine, ['ps', '-a', '-q'])),
    'list of 500 containers, without the CLI': await timed(() =>
      call(engine, 'GET', '/v1.41/containers/json?all=1'),
    ),
  }),
  cleanUp: (engine) => removeMany(engine, 'bench.ps'),
};

/** Counts the events of one action while it is watched. */
function countEvents(engine: Engine, action: string): { readonly count: () => number; stop(): void } {
  let count = 0;
  const filters = encodeURIComponent(JSON.stringify({ event: [action] }));
  const request = http.get(
    { socketPath: engine.socket, path: `/v1.41/events?filters=${filters}` },
    (response) => {
      response.on('data', (chunk: Buffer) => {
        for (const byte of chunk) if (byte === 0x0a) count++;
      });
      response.on('error', () => undefined);
    },
  );
  request.on('error', () => undefined);
  return { count: () => count, stop: () => request.destroy() };
}

const PROBED = 100;
const PROBE_SECONDS = 10;

/** 100 containers that ask for a probe a second each: how many the machine gets through, and at which price. */
const health: Benchmark = {
  name: 'health',
  rows: {
    'health checks of 100 containers at 1 s, time a probe': { unit: 'ms', aim: 0.8 },
    'health checks of 100 containers at 1 s, CPU of the daemon a probe': { unit: 'ms', aim: 0.8 },
  },
  iterations: 2,
  quickIterations: 1,
  sample: async (engine) => {
    // Made and ended by each sample: their load would disturb the other engine's.
    const ids = await makeMany(engine, 'bench.health', PROBED, {
      Cmd: ['sleep', '3600'],
      Healthcheck: { Test: ['CMD', 'true'], Interval: 1_000_000_000, Timeout: 30_000_000_000 },
    });
    try {
      await startAll(engine, ids);
      await sleep(2000);
      const probes = countEvents(engine, 'exec_die');
      await sleep(500);
      const [first, before] = [probes.count(), cpuSeconds(engine.pid)];
      const took = await timed(() => sleep(PROBE_SECONDS * 1000));
      const [done, used] = [probes.count() - first, cpuSeconds(engine.pid) - before];
      probes.stop();
      if (done === 0) throw new Error('no probe ended');
      return {
        'health checks of 100 containers at 1 s, time a probe': took / done,
        'health checks of 100 containers at 1 s, CPU of the daemon a probe': (used * 1000) / done,
      };
    } finally {
      await removeMany(engine, 'bench.health');
      closeConnections(engine);
    }
  },
};

const EXECS = 60;

/** Execs of one container, eight at a time. */
const execs: Benchmark = {
  name: 'throughput-exec',
  rows: {
    '60 execs, 8 at a time': { unit: 'ms', aim: 0.8 },
    '60 execs, 8 at a time, CPU of the daemon': { unit: 's' },
  },
  iterations: 5,
  quickIterations: 1,
  prepare: async (engine) =>
    void (await mustDocker(engine, ['run', '-d', '--name', 'bench-execs', 'busybox', 'sleep', '3600'])),
  sample: async (engine) => {
    let left = EXECS;
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        const created = await call(engine, 'POST', '/v1.41/containers/bench-execs/exec', {
          Cmd: ['true'],
          AttachStdout: true,
        });
        const { Id } = created.json as { Id: string };
        await call(engine, 'POST', `/v1.41/exec/${Id}/start`, { Detach: false });
      }
    };
    const before = cpuSeconds(engine.pid);
    const took = await timed(() => Promise.all(Array.from({ length: 8 }, worker)));
    return {
      '60 execs, 8 at a time': took,
      '60 execs, 8 at a time, CPU of the daemon': cpuSeconds(engine.pid) - before,
    };
  },
  cleanUp: async (engine) => void (await mustDocker(engine, ['rm', '-f', 'bench-execs'])),
};

const ARCHIVED = 200;

/** 200 MB into a container and out of it, by curl: no client in this process. */
export async function archiveBenchmark(): Promise<{ benchmark: Benchmark; dispose: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'bt-bench-'));
  const file = join(directory, 'big.tar');
  await writeFile(join(directory, 'big'), randomBytes(ARCHIVED * 1_000_000));
  await mustRun('tar', ['-C', directory, '-cf', file, 'big']);
  const curl = (engine: Engine, args: readonly string[]): Promise<unknown> =>
    mustRun('curl', ['-sf', '--unix-socket', engine.socket, ...args]);
  const url = (path: string): string => `http://docker/v1.41/containers/bench-copy/archive?path=${path}`;
  const benchmark: Benchmark = {
    name: 'archive',
    rows: {
      'archive of 200 MB into a container': { unit: 'ms', aim: 0.8 },
      'archive of 200 MB out of a container': { unit: 'ms', aim: 0.8 },
    },
    iterations: 5,
    quickIterations: 1,
    prepare: async (engine) =>
      void (await mustDocker(engine, ['run', '-d', '--name', 'bench-copy', 'busybox', 'sleep', '3600'])),
    sample: async (engine) => ({
      'archive of 200 MB into a container': await timed(() => curl(engine, ['-T', file, url('/')])),
      'archive of 200 MB out of a container': await timed(() =>
        curl(engine, ['-o', '/dev/null', url('/big')]),
      ),
    }),
    cleanUp: async (engine) => void (await mustDocker(engine, ['rm', '-f', 'bench-copy'])),
  };
  return { benchmark, dispose: () => rm(directory, { recursive: true, force: true }) };
}

const WRITERS = 10;
const WRITTEN = 10;
const LINE = 'a line of a log that some program writes again and again ..';

/** Ten containers that write 10 MB each at once. */
const writers: Benchmark = {
  name: 'log-writers',
  rows: {
    'write 10 MB to json-file, 10 containers at once': { unit: 'ms', aim: 0.8 },
    'write 10 MB to json-file, 10 containers at once, CPU of the daemon': { unit: 's' },
  },
  iterations: 3,
  quickIterations: 1,
  sample: async (engine) => {
    const ids = await makeMany(engine, 'bench.writers', WRITERS, {
      Cmd: ['sh', '-c', `until [ -e /tmp/go ]; do sleep 0.1; done; yes '${LINE}' | head -c ${WRITTEN}000000`],
      HostConfig: { Binds: [`${tmpdir()}/bench-go-${engine.kind}:/tmp`] },
    });
    await mustRun('rm', ['-rf', `${tmpdir()}/bench-go-${engine.kind}`]);
    await startAll(engine, ids);
    const before = cpuSeconds(engine.pid);
    const took = await timed(async () => {
      await writeFile(`${tmpdir()}/bench-go-${engine.kind}/go`, '');
      await Promise.all(ids.map((id) => call(engine, 'POST', `/v1.41/containers/${id}/wait`)));
    });
    const used = cpuSeconds(engine.pid) - before;
    await removeMany(engine, 'bench.writers');
    await rm(`${tmpdir()}/bench-go-${engine.kind}`, { recursive: true, force: true });
    return {
      'write 10 MB to json-file, 10 containers at once': took,
      'write 10 MB to json-file, 10 containers at once, CPU of the daemon': used,
    };
  },
};

/** What runs many containers costs at once. */
export const containerBenchmarks: readonly Benchmark[] = [stats, processes, health, execs, writers];
