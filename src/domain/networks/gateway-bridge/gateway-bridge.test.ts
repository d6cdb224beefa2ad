// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError, isKind } from '../../../base/errors.ts';
import type { NetworkId } from '../../../base/ids.ts';
import type { ActiveNetwork } from '../driver.ts';
import type { NetworkCreateRequest } from '../networks.ts';
import { createPlainNetwork } from '../plain-network.ts';
import { plainNetworks } from '../predefined.ts';
import { createFakeNetworkStore } from '../../../adapters/store/network-store-fake.ts';
import { GatewayBridge } from './gateway-bridge.ts';

/** Networks, and the gateway's maker, which does as it is told. */
const createStage = (work: () => Promise<void> = async () => Promise.resolve()) => {
  const networks = new Map<NetworkId, ActiveNetwork>();
  const [any] = plainNetworks(createFakeNetworkStore());
  const asked: NetworkCreateRequest[] = [];
  const add = (name: string): ActiveNetwork => {
    const active = createPlainNetwork({ ...(any ?? assert.fail()), name });
    networks.set(name as NetworkId, active);
    return active;
  };
  const gateway = new GatewayBridge({
    networks,
    make: async (request) => {
      asked.push(request);
      await work();
      add(request.name);
    },
  });
  return { gateway, asked, add };
};

test('the network is made when it is needed first, once for all who wait', async () => {
  const { gateway, asked } = createStage();
  const [one, other] = await Promise.all([gateway.network(), gateway.network()]);
  assert.equal(one, other);
  assert.equal(await gateway.network(), one);
  assert.deepEqual(
    asked.map(({ name, driver, ipv6, options }) => [name, driver, ipv6, Object.values(options)]),
    [['docker_gwbridge', 'bridge', false, ['false', 'true', 'docker_gwbridge']]],
  );
});

test('one that a user has made is taken as it is', async () => {
  const { gateway, asked, add } = createStage();
  const mine = add('docker_gwbridge');
  assert.equal(await gateway.network(), mine);
  assert.deepEqual(asked, []);
});

test('a failure is told of to all who wait, and does not stay', async () => {
  const states = { isBroken: true };
  const { gateway } = createStage(async () => {
    await Promise.resolve();
    if (states.isBroken) throw new EngineError('forbidden', 'no subnets');
  });
  const failed = (error: unknown): boolean =>
    isKind(error, 'forbidden') &&
    (error as Error).message === 'error creating external connectivity network: no subnets';
  await Promise.all([assert.rejects(gateway.network(), failed), assert.rejects(gateway.network(), failed)]);
  states.isBroken = false;
  assert.equal((await gateway.network()).network.name, 'docker_gwbridge');
});
