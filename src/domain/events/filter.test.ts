// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Timestamp } from '../../base/time.ts';
import type { EngineEvent } from './event.ts';
import { eventMatches } from './filter.ts';

const make = (more: Partial<EngineEvent>): EngineEvent => ({
  type: 'container',
  action: 'start',
  actor: 'abcdef',
  attributes: { name: 'web', image: 'reg:5000/app:1', tier: 'front' },
  at: 1n as Timestamp,
  ...more,
});
const matches = (filters: Record<string, string[]>, more: Partial<EngineEvent> = {}): boolean =>
  eventMatches(make(more), filters);

test('values of a key are alternatives, keys are joined', () => {
  assert.ok(matches({ event: ['stop', 'start'], type: ['container'] }));
  assert.ok(!matches({ event: ['start'], type: ['image'] }));
});

test('an actor is named by its name or the beginning of its id', () => {
  assert.ok(matches({ container: ['web'] }));
  assert.ok(matches({ container: ['abc'] }));
  assert.ok(!matches({ container: ['we'] }));
});

test('an image is named with or without its tag', () => {
  assert.ok(matches({ image: ['reg:5000/app'] }));
  assert.ok(matches({ image: ['reg:5000/app:1'] }));
  assert.ok(!matches({ image: ['reg'] }));
  assert.ok(matches({ image: ['busybox'] }, { type: 'image', actor: 'busybox:latest', attributes: {} }));
});

test('actions with data are found by their beginning', () => {
  assert.ok(matches({ event: ['health_status'] }, { action: 'health_status: healthy' }));
  assert.ok(matches({ event: ['exec_create'] }, { action: 'exec_create: ls' }));
  assert.ok(!matches({ event: ['sta'] }));
});

test('all labels must be there', () => {
  assert.ok(matches({ label: ['tier', 'tier=front'] }));
  assert.ok(!matches({ label: ['tier', 'tier=back'] }));
});

test('keys that nobody knows let everything pass', () => {
  assert.ok(matches({ nonsense: ['x'] }));
});
