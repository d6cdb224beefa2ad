// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createFakeHostNetwork } from '../../src/adapters/host-network/fake.ts';
import { createFakeNetlink, type FakeNetlink } from '../../src/adapters/netlink/fake.ts';
import type { ErrorKind } from '../../src/base/errors.ts';
import { isKind } from '../../src/base/errors.ts';
import type { NetworkId } from '../../src/base/ids.ts';
import type { ActiveNetwork } from '../../src/domain/networks/driver.ts';
import type {
  NetworkDriver,
  NetworkDriverDeps,
  NetworkPlan,
} from '../../src/domain/networks/network-driver.ts';
import type { NetworkCreateRequest } from '../../src/domain/networks/networks.ts';
import { planNetwork } from '../../src/domain/networks/plan-network.ts';
import { parseIpPrefix } from '../../src/spec/ip.ts';
import { sampleNetworksConfig } from './sample-networks-config.ts';

/** A host in memory, for tests of drivers: its links, and the networks that were made on it. */
export interface PlanStage {
  readonly netlink: FakeNetlink;
  readonly active: Map<NetworkId, ActiveNetwork>;
  /** Decides about a network; fails the test when that takes a wait. */
  plan(changes: Partial<NetworkCreateRequest>): NetworkPlan;
  /** Decides and makes it. */
  make(changes: Partial<NetworkCreateRequest>): Promise<NetworkPlan>;
  /** Makes what was decided before, as after a restart. */
  bringUp(plan: NetworkPlan): Promise<ActiveNetwork>;
  remove(plan: NetworkPlan): Promise<void>;
  refuses(changes: Partial<NetworkCreateRequest>, kind: ErrorKind, text: string): void;
  /** Names of the host's links, without `lo`. */
  links(): readonly string[];
}

const asked = (changes: Partial<NetworkCreateRequest>): NetworkCreateRequest => ({
  name: 'net',
  driver: 'any',
  scope: '',
  internal: false,
  attachable: false,
  ingress: false,
  configOnly: false,
  configFrom: '',
  ipam: { driver: '', pools: [] },
  options: {},
  labels: {},
  ...changes,
});

/** A stage whose kernel lacks some kinds of links, with an up link `eth0`. */
export const createPlanStage = (
  createDriver: (deps: NetworkDriverDeps) => NetworkDriver,
  lacks: readonly string[] = [],
): PlanStage => {
  const netlink = createFakeNetlink(undefined, lacks);
  const host = netlink.connect();
  host.createVeth({ name: 'eth0', mtu: 1500, peer: { name: 'wire', macAddress: '02:00:00:00:00:09' } });
  const active = new Map<NetworkId, ActiveNetwork>();
  const driver = createDriver({
    active,
    host,
    remover: netlink.openRemover(),
    hostNetwork: createFakeHostNetwork({}),
    config: () => sampleNetworksConfig,
    setting: () => undefined,
  });
  const own = parseIpPrefix('172.17.0.0/16') ?? assert.fail();
  const plan = (changes: Partial<NetworkCreateRequest>): NetworkPlan => {
    const networks = [...active.values()].map(({ network }) => network);
    const taken = [own, ...[...active.values()].flatMap(({ subnets = [] }) => subnets)];
    const around = { networks, own: taken, occupied: () => [], sources: [], seed: 'seed', driver };
    const planned = planNetwork(asked(changes), around);
    return planned instanceof Promise ? assert.fail('nobody is waited for') : planned;
  };
  return {
    netlink,
    active,
    plan,
    make: async (changes) => {
      const planned = plan(changes);
      active.set(planned.network.id, await driver.bringUp(planned));
      return planned;
    },
    bringUp: async (planned) => driver.bringUp(planned),
    remove: async (planned) => {
      active.delete(planned.network.id);
      await driver.tearDown(planned);
    },
    refuses: (changes, kind, text) => {
      assert.throws(
        () => plan(changes),
        (error) => {
          assert.ok(isKind(error, kind), String(error));
          assert.equal(error.message, text);
          return true;
        },
      );
    },
    links: () =>
      host
        .links()
        .map(({ name }) => name)
        .filter((name) => !['lo', 'eth0', 'wire'].includes(name)),
  };
};
