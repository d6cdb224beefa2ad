// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPlanStage } from '../../../../test/support/plan-networks.ts';
import { endpointRequest } from '../../../spec/endpoint-settings.ts';
import { createIpvlanDriver } from './ipvlan-driver.ts';

const stage = (lacks: readonly string[] = []) => createPlanStage(createIpvlanDriver, lacks);
const parent = (name: string, more: Readonly<Record<string, string>> = {}) => ({
  options: { parent: name, ...more },
});

test('only l2 has a router: the others leave by the link itself', () => {
  const l2 = stage().plan(parent('eth0'));
  assert.deepEqual([l2.onParent?.mode, l2.onParent?.flag], ['l2', 'bridge']);
  assert.deepEqual(l2.network.ipam.pools, [{ subnet: '172.18.0.0/16', gateway: '172.18.0.1' }]);
  const l3 = stage().plan(parent('eth0', { ipvlan_mode: 'l3s', ipvlan_flag: 'vepa' }));
  assert.deepEqual([l3.onParent?.mode, l3.onParent?.flag], ['l3s', 'vepa']);
  assert.deepEqual(l3.network.ipam.pools, [{ subnet: '172.18.0.0/16' }]);
});

test("bad options are refused in Docker's words", () => {
  const { refuses } = stage();
  refuses(
    parent('eth0', { ipvlan_mode: 'x' }),
    'internal',
    "requested ipvlan mode 'x' is not valid, 'l2' mode is the ipvlan driver default",
  );
  refuses(
    parent('eth0', { ipvlan_flag: 'x' }),
    'internal',
    "requested ipvlan flag 'x' is not valid, 'bridge' is the ipvlan driver default",
  );
  refuses(parent('lo'), 'internal', 'loopback interface is not a valid ipvlan parent link');
});

test('a parent has one network, and no link has a MAC address of its own', async () => {
  const { make, refuses, active } = stage();
  const one = await make({ ...parent('eth0'), name: 'one' });
  const short = one.network.id.slice(0, 12);
  refuses(parent('eth0'), 'internal', `network di-${short} is already using parent interface eth0`);
  const network = active.get(one.network.id) ?? assert.fail();
  assert.equal(network.reserve(undefined).macAddress, '');
  assert.throws(() => network.reserve({ ...endpointRequest.zero, macAddress: '02:00:00:00:00:01' }), {
    message: 'ipvlan interfaces do not support custom mac address assignment',
  });
});

test('a kernel without it is told of when the network is made', () => {
  assert.deepEqual(stage().plan(parent('eth0')).warnings, []);
  const poor = stage(['ipvlan']);
  assert.deepEqual(poor.plan(parent('eth0')).warnings, [
    'This kernel has no ipvlan links: no container can start in this network',
  ]);
  assert.deepEqual(poor.links(), []);
});
