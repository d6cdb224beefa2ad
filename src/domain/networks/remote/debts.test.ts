// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeNetworkStore } from '../../../adapters/store/network-store-fake.ts';
import { EngineError } from '../../../base/errors.ts';
import { silentLog } from '../../../base/log.ts';
import type { Plugins } from '../../plugins/index.ts';
import { Debts, type OwedCall } from './debts.ts';

/** A plugin that hears, refuses or is silent, by method. */
const createPlugin = () => {
  const heard: string[] = [];
  const mood = new Map<string, 'refuses' | 'silent'>();
  const stage = { isThere: true };
  const plugins: Plugins = {
    find: async (name) =>
      Promise.resolve(
        stage.isThere
          ? {
              name,
              call: async (method) => {
                if (mood.get(method) === 'silent') throw new EngineError('unavailable', 'nothing');
                heard.push(method);
                return Promise.resolve(mood.get(method) === 'refuses' ? { Err: 'no' } : {});
              },
            }
          : undefined,
      ),
  };
  return { heard, mood, stage, plugins };
};

const owed = (method: string, rank: number): OwedCall => ({
  plugin: 'p',
  can: 'NetworkDriver',
  method,
  body: {},
  rank,
});

const open = () => {
  const plugin = createPlugin();
  const table = createFakeNetworkStore().debts;
  const debts = new Debts({ table, plugins: plugin.plugins, log: silentLog });
  return { ...plugin, table, debts };
};

test('what is owed is paid in the order of its ranks, and off the record then', async () => {
  const { debts, heard, table } = open();
  debts.owe('endpoint', 'e', owed('DeleteEndpoint', 2));
  debts.owe('endpoint', 'e', owed('Leave', 1));
  assert.ok(debts.owes('e', 'Leave'));
  assert.equal(table.load().length, 1);
  await debts.pay('e');
  assert.deepEqual([heard, table.load(), debts.has('e')], [['Leave', 'DeleteEndpoint'], [], false]);
});

test('a refusal ends a debt, silence does not', async () => {
  const { debts, heard, mood, table } = open();
  debts.owe('endpoint', 'e', owed('Leave', 1));
  debts.owe('endpoint', 'e', owed('DeleteEndpoint', 2));
  mood.set('Leave', 'refuses').set('DeleteEndpoint', 'silent');
  await debts.pay('e');
  assert.deepEqual(
    [heard, debts.owes('e', 'Leave'), debts.owes('e', 'DeleteEndpoint')],
    [['Leave'], false, true],
  );
  assert.equal(table.load().length, 1);
  mood.clear();
  debts.retry();
  await debts.pay('e');
  assert.deepEqual([heard, table.load()], [['Leave', 'DeleteEndpoint'], []]);
});

test('a plugin that is silent is not asked for more, and one that is away is not lost', async () => {
  const { debts, heard, mood, stage } = open();
  debts.owe('endpoint', 'e', owed('Leave', 1));
  debts.owe('endpoint', 'e', owed('DeleteEndpoint', 2));
  mood.set('Leave', 'silent');
  await debts.pay('e');
  assert.deepEqual(heard, []);
  mood.clear();
  stage.isThere = false;
  await debts.pay('e');
  assert.ok(debts.has('e'));
  stage.isThere = true;
  await debts.pay('e', 'Leave');
  assert.deepEqual([heard, debts.owes('e', 'DeleteEndpoint')], [['Leave'], true]);
});

test('the next daemon knows what is owed, and what was forgiven is not', async () => {
  const { debts, table, plugins, heard } = open();
  debts.owe('network', 'n', owed('DeleteNetwork', 2));
  debts.owe('network', 'gone', owed('DeleteNetwork', 2));
  debts.forgive('gone', owed('DeleteNetwork', 2));
  const next = new Debts({ table, plugins, log: silentLog });
  next.load();
  assert.deepEqual(next.ids, ['n']);
  await next.pay('n');
  assert.deepEqual([heard, table.load()], [['DeleteNetwork'], []]);
});

test('a store that is closed meanwhile ends the payment, not the daemon', async () => {
  const { plugins, heard } = createPlugin();
  const table = {
    ...createFakeNetworkStore().debts,
    delete: () => {
      throw new EngineError('internal', 'database is not open');
    },
  };
  const debts = new Debts({ table, plugins, log: silentLog });
  debts.owe('endpoint', 'e', owed('Leave', 1));
  await debts.pay('e');
  assert.deepEqual(heard, ['Leave']);
});

test('payments of one debt follow each other', async () => {
  const { debts, heard } = open();
  debts.owe('endpoint', 'e', owed('Leave', 1));
  await Promise.all([debts.pay('e'), debts.pay('e')]);
  assert.deepEqual(heard, ['Leave']);
});
