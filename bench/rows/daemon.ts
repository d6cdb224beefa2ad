// SPDX-License-Identifier: Apache-2.0
import type { Engine } from '../../test/support/engine.ts';
import { call, closeConnections, createContainer } from '../api-client.ts';
import { containerdOf, residentMiB } from '../process-cost.ts';
import type { Benchmark } from '../row.ts';

async function removeLabelled(engine: Engine, label: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
  const answer = await call(engine, 'GET', `/v1.41/containers/json?all=1&filters=${filters}`);
  for (const { Id } of answer.json as { Id: string }[])
    await call(engine, 'DELETE', `/v1.41/containers/${Id}?force=1`);
}

function boot(stopped: number): Benchmark {
  const row = `start of the daemon, ${stopped} stopped containers`;
  return {
    name: `boot-${stopped}`,
    rows: { [row]: { unit: 'ms', aim: 0.6 } },
    iterations: 6,
    quickIterations: 2,
    prepare: async (engine) => {
      for (let index = 0; index < stopped; index++) {
        const id = await createContainer(engine, { Cmd: ['true'], Labels: { 'bench.boot': '' } });
        await call(engine, 'POST', `/v1.41/containers/${id}/start`);
        await call(engine, 'POST', `/v1.41/containers/${id}/wait`);
      }
    },
    sample: async (engine) => {
      closeConnections(engine);
      await engine.end();
      await engine.start();
      return { [row]: engine.startupTime };
    },
    cleanUp: (engine) => removeLabelled(engine, 'bench.boot'),
  };
}

const RUNNING = 20;

function memory(running: number): Benchmark {
  const name = running === 0 ? 'idle' : `${running} containers running`;
  const [daemon, both] = [`RSS of the daemon, ${name}`, `RSS of daemon and containerd, ${name}`];
  return {
    name: `memory-${running}`,
    rows: { [daemon]: { unit: 'MiB', aim: 1.2 }, [both]: { unit: 'MiB' } },
    iterations: 3,
    quickIterations: 1,
    prepare: async (engine) => {
      closeConnections(engine);
      await engine.end();
      await engine.start();
      for (let index = 0; index < running; index++) {
        const id = await createContainer(engine, { Cmd: ['sleep', '3600'], Labels: { 'bench.memory': '' } });
        await call(engine, 'POST', `/v1.41/containers/${id}/start`);
      }
      await new Promise((resolve) => setTimeout(resolve, 2000));
    },
    sample: async (engine) => {
      const containerd = containerdOf(engine.pid);
      const own = residentMiB(engine.pid);
      return { [daemon]: own, [both]: own + (containerd === undefined ? 0 : residentMiB(containerd)) };
    },
    cleanUp: (engine) => removeLabelled(engine, 'bench.memory'),
  };
}

/** What the daemon itself costs. */
export const daemonBenchmarks: readonly Benchmark[] = [boot(0), boot(100), memory(0), memory(RUNNING)];
