// SPDX-License-Identifier: Apache-2.0
import { call, createContainer } from '../api-client.ts';
import { measureRate } from '../request-rate.ts';
import { timed, type Benchmark } from '../row.ts';

const LISTED = 200;

const list: Benchmark = {
  name: 'list',
  rows: { 'list of 200 containers': { unit: 'ms', aim: 0.2 } },
  iterations: 40,
  quickIterations: 5,
  prepare: async (engine) => {
    for (let index = 0; index < LISTED; index++) {
      await createContainer(engine, { Cmd: ['true'], Labels: { 'bench.list': String(index) } });
    }
  },
  sample: async (engine) => ({
    'list of 200 containers': await timed(async () => {
      const answer = await call(engine, 'GET', '/v1.41/containers/json?all=1');
      if ((answer.json as unknown[]).length < LISTED) throw new Error('the list is too short');
    }),
  }),
  cleanUp: async (engine) => {
    const filters = encodeURIComponent('{"label":["bench.list"]}');
    const answer = await call(engine, 'GET', `/v1.41/containers/json?all=1&filters=${filters}`);
    for (const { Id } of answer.json as { Id: string }[])
      await call(engine, 'DELETE', `/v1.41/containers/${Id}`);
  },
};

function rate(path: string, connections: number, aim: number): Benchmark {
  const row = `GET ${path}, ${connections} connection${connections === 1 ? '' : 's'}`;
  return {
    name: `rate${path.replace('/', '-')}-${connections}`,
    rows: { [row]: { unit: 'requests/s', greaterIsBetter: true, aim } },
    iterations: 5,
    quickIterations: 2,
    sample: async (engine) => ({ [row]: await measureRate(engine.socket, path, connections, 700) }),
  };
}

/** Reads of the API. `/version` and `/info` aim at 0.05 of the time, which is 20 times the rate. */
export const requestBenchmarks: readonly Benchmark[] = [
  list,
  rate('/_ping', 1, 1.5),
  rate('/_ping', 16, 0.8),
  rate('/version', 1, 20),
  rate('/version', 16, 20),
  rate('/info', 1, 20),
  rate('/info', 16, 20),
];
