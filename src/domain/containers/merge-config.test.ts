// SPDX-License-Identifier: Apache-2.0
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { type ContainerConfig, containerConfig } from '../../spec/container-config.ts';
import { mergeConfig, programOf } from './merge-config.ts';

const config = (part: Partial<ContainerConfig>): ContainerConfig => ({ ...containerConfig.zero, ...part });
const image = config({
  entrypoint: ['/init'],
  cmd: ['serve'],
  env: ['PATH=/bin', 'A=image'],
  user: 'www',
  workingDir: '/srv',
  labels: { from: 'image', both: 'image' },
  exposedPorts: { '80/tcp': {} },
  volumes: { '/data': {} },
});

test('a container that says nothing runs what the image says', () => {
  const merged = mergeConfig(config({}), image);
  deepEqual(programOf(merged), { path: '/init', args: ['serve'] });
  equal(merged.user, 'www');
  equal(merged.workingDir, '/srv');
});

test('a command of its own goes to the image’s entrypoint', () => {
  deepEqual(programOf(mergeConfig(config({ cmd: ['x'] }), image)), { path: '/init', args: ['x'] });
});

test('an entrypoint of its own drops the image’s command', () => {
  deepEqual(programOf(mergeConfig(config({ entrypoint: ['sh'] }), image)), { path: 'sh', args: [] });
});

test('an entrypoint of one empty word clears the image’s and is shown as none', () => {
  const merged = mergeConfig(config({ entrypoint: [''], cmd: ['x'] }), image);
  equal(merged.entrypoint, undefined);
  deepEqual(programOf(merged), { path: 'x', args: [] });
});

test('an empty entrypoint stays empty and inherits the command alone', () => {
  const merged = mergeConfig(config({ entrypoint: [] }), image);
  deepEqual(merged.entrypoint, []);
  deepEqual(programOf(merged), { path: 'serve', args: [] });
});

test('nothing to run is nothing', () => {
  equal(programOf(mergeConfig(config({ entrypoint: [''] }), config({ entrypoint: ['/init'] }))), undefined);
});

test('variables of the image follow where the container neither sets nor unsets them', () => {
  deepEqual(mergeConfig(config({ env: ['B=2', 'A'] }), image).env, ['B=2', 'A', 'PATH=/bin']);
});

test('labels, ports and volumes are united, the container’s own value first', () => {
  const own = config({ labels: { both: 'own' }, exposedPorts: { '81/udp': {} }, volumes: { '/x': {} } });
  const merged = mergeConfig(own, image);
  deepEqual(merged.labels, { from: 'image', both: 'own' });
  deepEqual(Object.keys(merged.exposedPorts ?? {}).toSorted(), ['80/tcp', '81/udp']);
  deepEqual(Object.keys(merged.volumes ?? {}).toSorted(), ['/data', '/x']);
});

test('labels are never absent, volumes may be', () => {
  const merged = mergeConfig(config({}), config({}));
  deepEqual(merged.labels, {});
  equal(merged.volumes, undefined);
});

test('a stop timeout of zero is kept', () => {
  equal(mergeConfig(config({ stopTimeout: 0 }), image).stopTimeout, 0);
});
