// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findBreaches } from './check.ts';

const CLEAN: readonly (readonly [string, string])[] = [
  ['src/base/errors.ts', ''],
  ['src/adapters/netlink/index.ts', "export type * from './netlink.ts';"],
  ['src/adapters/netlink/netlink.ts', "import { a } from '../../base/errors.ts';"],
  ['src/domain/events/index.ts', "export * from './events.ts';"],
  ['src/domain/events/events.ts', ''],
  ['src/domain/containers/start.ts', "import type { N } from '../../adapters/netlink/index.ts';"],
  ['src/domain/containers/stop.ts', "import {\n  type E,\n  f,\n} from '../events/index.ts';"],
];

/** The names of the rules that `path` with `text` breaks beside a clean house. */
const rulesBrokenBy = (...planted: readonly (readonly [string, string])[]): readonly string[] =>
  findBreaches(new Map([...CLEAN, ...planted])).map((line) => line.split(':')[0] ?? '');

test('a clean house has no breach', () => {
  assert.deepEqual(findBreaches(new Map(CLEAN)), []);
});

test('an upward import between floors is seen, even of a type', () => {
  const planted = ['src/base/time.ts', "import type { X } from '../domain/events/index.ts';"] as const;
  assert.deepEqual(rulesBrokenBy(planted), ['floors-import-downwards']);
});

test('an upward import between rooms is seen', () => {
  const planted = ['src/domain/events/log.ts', "import { x } from '../containers/index.ts';"] as const;
  assert.deepEqual(rulesBrokenBy(planted), ['rooms-import-downwards']);
});

test('a circle is seen with the files along it', () => {
  const breaches = findBreaches(
    new Map([
      ['src/base/a.ts', "import { b } from './b.ts';"],
      ['src/base/b.ts', "export type { C } from './c.ts';"],
      ['src/base/c.ts', "const load = async () => import('./a.ts');"],
    ]),
  );
  assert.deepEqual(breaches, ['no-circles: src/base/a.ts → src/base/b.ts → src/base/c.ts → src/base/a.ts']);
});

test('a side door into another room is seen', () => {
  const planted = ['src/domain/containers/kill.ts', "import { x } from '../events/events.ts';"] as const;
  assert.deepEqual(rulesBrokenBy(planted), ['through-the-door']);
});

test('a side door from above is seen', () => {
  const planted = ['src/api/server.ts', "import { x } from '../domain/events/events.ts';"] as const;
  assert.deepEqual(rulesBrokenBy(planted), ['door-from-above']);
});

test('a room that uses its own door is seen', () => {
  const planted = ['src/domain/containers/list.ts', "import { x } from './index.ts';"] as const;
  assert.deepEqual(rulesBrokenBy(planted), ['door-opens-outwards']);
});

test('an adapter in the domain that is more than a type is seen', () => {
  const planted = [
    'src/domain/networks/a.ts',
    "import { x } from '../../adapters/netlink/index.ts';",
  ] as const;
  assert.deepEqual(rulesBrokenBy(planted), ['adapters-are-injected']);
});

test('an adapter in the API is seen', () => {
  const planted = ['src/api/a.ts', "import type { x } from '../adapters/netlink/index.ts';"] as const;
  assert.deepEqual(rulesBrokenBy(planted), ['api-knows-no-adapter']);
});

test('an adapter that knows another is seen', () => {
  const planted = ['src/adapters/netns/a.ts', "import { x } from '../netlink/index.ts';"] as const;
  assert.deepEqual(rulesBrokenBy(planted), ['adapters-are-strangers']);
});

test('a fake outside of tests is seen', () => {
  const planted = ['src/adapters/netlink/b.ts', "import { x } from './fake.ts';"] as const;
  assert.deepEqual(rulesBrokenBy(planted), ['fakes-are-for-tests']);
});

test('a room without a place in the order is seen', () => {
  const planted = ['src/domain/misc/b.ts', "import { x } from '../../base/errors.ts';"] as const;
  assert.deepEqual(rulesBrokenBy(planted), ['every-floor-and-room-has-a-place']);
});
