// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../test/support/engine.ts';
import { buildImage, busyboxLayer, dockerArchive, fileLayer } from '../../test/support/image-archive.ts';
import { startRegistry, type TestRegistry } from '../../test/support/start-registry.ts';
import { call, createContainer } from '../api-client.ts';
import { cpuSeconds } from '../process-cost.ts';
import { mustDocker, timed, type Benchmark } from '../row.ts';

const MEGABYTES = 100;

// 61 bytes a line, as `yes` writes it.
const LINE = 'a line of a log that some program writes again and again ..';

const logs: Benchmark = {
  name: 'logs',
  rows: {
    'write 100 MB to json-file': { unit: 'MB/s', greaterIsBetter: true },
    'write 100 MB to json-file, CPU of the daemon': { unit: 's', aim: 0.3 },
    'docker logs of 100 MB': { unit: 'MB/s', greaterIsBetter: true, aim: 5 },
    'docker logs of 100 MB, CPU of the daemon': { unit: 's' },
    'GET logs of 100 MB, without the CLI': { unit: 'MB/s', greaterIsBetter: true, aim: 5 },
  },
  iterations: 3,
  quickIterations: 1,
  sample: async (engine) => {
    const id = await createContainer(engine, {
      Cmd: ['sh', '-c', `yes '${LINE}' | head -c ${MEGABYTES}000000`],
    });
    const beforeWrite = cpuSeconds(engine.pid);
    const write = await timed(async () => {
      await call(engine, 'POST', `/v1.41/containers/${id}/start`);
      await call(engine, 'POST', `/v1.41/containers/${id}/wait`);
    });
    const beforeRead = cpuSeconds(engine.pid);
    const read = await timed(() => drain('docker', ['-H', `unix://${engine.socket}`, 'logs', id]));
    const afterRead = cpuSeconds(engine.pid);
    const url = `http://docker/v1.41/containers/${id}/logs?stdout=1`;
    const bare = await timed(() =>
      drain('curl', ['-sf', '-o', '/dev/null', '--unix-socket', engine.socket, url]),
    );
    await call(engine, 'DELETE', `/v1.41/containers/${id}`);
    return {
      'write 100 MB to json-file': (MEGABYTES * 1000) / write,
      'write 100 MB to json-file, CPU of the daemon': beforeRead - beforeWrite,
      'docker logs of 100 MB': (MEGABYTES * 1000) / read,
      'docker logs of 100 MB, CPU of the daemon': afterRead - beforeRead,
      'GET logs of 100 MB, without the CLI': (MEGABYTES * 1000) / bare,
    };
  },
};

// By another process and into /dev/null: a client in this one would be slower than the engines.
function drain(file: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${file} ${args.join(' ')} answered ${code}`)),
    );
  });
}

/** 100 MB in two layers that no compression makes smaller. */
function bigArchive(tag: string): Uint8Array {
  const half = (name: string) => fileLayer(name, randomBytes((MEGABYTES / 2) * 1_000_000));
  return dockerArchive(buildImage({ tags: [tag], layers: [busyboxLayer(), half('one'), half('two')] }));
}

/** `docker load` of an archive on disk; the file is made once for both engines. */
export async function loadBenchmark(): Promise<{ benchmark: Benchmark; dispose: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'bt-bench-'));
  const file = join(directory, 'big.tar');
  await writeFile(file, bigArchive('bench/big:1'));
  const benchmark: Benchmark = {
    name: 'load',
    rows: { 'docker load of 100 MB': { unit: 'ms', aim: 1.2 } },
    iterations: 4,
    quickIterations: 1,
    sample: async (engine) => {
      const load = await timed(() => mustDocker(engine, ['load', '-q', '-i', file]));
      await mustDocker(engine, ['rmi', 'bench/big:1']);
      return { 'docker load of 100 MB': load };
    },
  };
  return { benchmark, dispose: () => rm(directory, { recursive: true, force: true }) };
}

/** `docker pull` from a registry beside each engine; `pusher` fills it, the others serve the same data. */
export async function pullBenchmark(
  engines: readonly Engine[],
  pusher: Engine,
): Promise<{ benchmark: Benchmark; dispose: () => Promise<void> }> {
  const first = await startRegistry(pusher.netns);
  const registries: TestRegistry[] = [first];
  const reference = `${first.address}/bench/big:1`;
  await mustDocker(pusher, ['load', '-q'], bigArchive(reference));
  await mustDocker(pusher, ['push', '-q', reference]);
  await mustDocker(pusher, ['rmi', reference]);
  for (const engine of engines) {
    if (engine !== pusher) registries.push(await startRegistry(engine.netns, 5000, first.data));
  }
  const benchmark: Benchmark = {
    name: 'pull',
    rows: { 'docker pull of 100 MB': { unit: 'ms', aim: 1.2 } },
    iterations: 4,
    quickIterations: 1,
    sample: async (engine) => {
      const pull = await timed(() => mustDocker(engine, ['pull', '-q', reference]));
      await mustDocker(engine, ['rmi', reference]);
      return { 'docker pull of 100 MB': pull };
    },
  };
  const dispose = async (): Promise<void> => {
    for (const registry of registries.toReversed()) await registry.stop();
  };
  return { benchmark, dispose };
}

/** Logs written and read. */
export const logBenchmark = logs;
