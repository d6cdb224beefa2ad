// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeHostPorts } from '../../adapters/host-ports/fake.ts';
import { holdPort } from './live-port.ts';
import { PortTable } from './port-table.ts';

const hold = async (count: number) => {
  const hostPorts = createFakeHostPorts();
  const table = new PortTable();
  const port = { number: 80, protocol: 'tcp' } as const;
  const published = { port, count, bindings: [{ address: '0.0.0.0', port: 8080 }] };
  const live = await holdPort({ hostPorts, table, proxy: true }, published, {
    ipv4: '172.17.0.2',
    ipv6: '',
  });
  const isTaken = (): boolean => table.firstTaken('tcp', '0.0.0.0', 8080, count) !== undefined;
  return { live, isTaken, held: hostPorts.held };
};

test('many ports are given to nobody before all of them are free', async () => {
  const { live, isTaken, held } = await hold(300);
  const letGo = live[Symbol.asyncDispose]();
  assert.deepEqual([isTaken(), [...held.values()].every((target) => target === undefined)], [true, true]);
  live[Symbol.dispose]();
  assert.ok(isTaken());
  await letGo;
  assert.deepEqual([isTaken(), held.size], [false, 0]);
});

test('a few ports are free at once', async () => {
  const { live, isTaken, held } = await hold(2);
  const letGo = live[Symbol.asyncDispose]();
  assert.deepEqual([isTaken(), held.size], [false, 0]);
  await letGo;
});
