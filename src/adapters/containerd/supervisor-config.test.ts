// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderConfig } from './supervisor-config.ts';

const paths = { folder: '/run/berth/containerd', root: '/var/lib/"berth"', state: '/run/berth/state' };

test('the configuration names the roots, quoted, and the socket', () => {
  const text = renderConfig(paths, { oomScore: -500 });
  assert.match(text, /^root = "\/var\/lib\/\\"berth\\""$/m);
  assert.match(text, /^state = "\/run\/berth\/state"$/m);
  assert.match(text, /^oom_score = -500$/m);
  assert.match(text, /^ {2}address = "\/run\/berth\/containerd\/containerd.sock"$/m);
});

test('what is not set is left to containerd, and the plugins of the task service stay', () => {
  const text = renderConfig(paths, {});
  assert.doesNotMatch(text, /oom_score/);
  assert.doesNotMatch(text, /runtime\.v[12]/);
});
