// SPDX-License-Identifier: Apache-2.0
import { deepEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from './yaml.ts';

const WRITTEN = `---
# made by a program
cdiVersion: 0.5.0
containerEdits:
  env:
  - NVIDIA_VISIBLE_DEVICES=void
  - "A=#b" # why
  hooks:
  - args:
    - nvidia-cdi-hook
    - --link
    - ../a.so::/usr/lib/x.so
    hookName: createContainer
    path: /usr/bin/nvidia-cdi-hook
  mounts: []
  more: {}
devices:
- containerEdits:
    deviceNodes:
    - fileMode: 0666
      path: /dev/nvidia0
      options: [ro, "a,b"]
  name: '0'
-
  name: all
empty:
kind: nvidia.com/gpu
flag: true
`;

test('documents as programs write them are read', () => {
  deepEqual(parseYaml(WRITTEN), {
    cdiVersion: '0.5.0',
    containerEdits: {
      env: ['NVIDIA_VISIBLE_DEVICES=void', 'A=#b'],
      hooks: [
        {
          args: ['nvidia-cdi-hook', '--link', '../a.so::/usr/lib/x.so'],
          hookName: 'createContainer',
          path: '/usr/bin/nvidia-cdi-hook',
        },
      ],
      mounts: [],
      more: {},
    },
    devices: [
      {
        containerEdits: {
          deviceNodes: [{ fileMode: 0o666, path: '/dev/nvidia0', options: ['ro', 'a,b'] }],
        },
        name: '0',
      },
      { name: 'all' },
    ],
    empty: null,
    kind: 'nvidia.com/gpu',
    flag: true,
  });
});

test('quotes keep what would mean something else', () => {
  deepEqual(parseYaml(`a: "x: y"\n'b c': 'it''s'\nc: "\\t1"\nd: http://x/#y\ne: "12"\n`), {
    a: 'x: y',
    'b c': "it's",
    c: '\t1',
    d: 'http://x/#y',
    e: '12',
  });
});

test('what is not understood is refused by its line', () => {
  throws(() => parseYaml('a: 1\nb: &x 2'), /yaml: line 2: & is not understood here/);
  throws(() => parseYaml('a: |\n  text'), /line 1: \| is not understood/);
  throws(() => parseYaml('a: 1\n  b: 2'), /line 2/);
  throws(() => parseYaml('a: 1\na: 2'), /line 2: key a is there twice/);
  throws(() => parseYaml('a:\n\tb: 1'), /line 2: a tab can not indent/);
  throws(() => parseYaml('a: [x,\n y]'), /line 1: a list goes on/);
});
