// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-devices-'));
after(() => rmSync(folder, { recursive: true }));

const [first, second] = [join(folder, 'first'), join(folder, 'second')];
const hook = join(folder, 'hook');
const called = join(folder, 'called');

mkdirSync(first);
mkdirSync(second);
writeFileSync(hook, `#!/bin/sh\ncat > /dev/null\necho "$0 $*" > ${called}\n`);
chmodSync(hook, 0o755);
writeFileSync(join(folder, 'data'), 'of the vendor\n');
writeFileSync(
  join(first, 'vendor.json'),
  JSON.stringify({
    cdiVersion: '0.6.0',
    kind: 'vendor.example/device',
    containerEdits: { env: ['OF_ALL=1'] },
    devices: [
      {
        name: 'one',
        containerEdits: {
          env: ['OF_ONE=1'],
          additionalGids: [4321],
          deviceNodes: [
            { path: '/dev/vendor/one', hostPath: '/dev/full', permissions: 'r', fileMode: 0o640 },
          ],
          mounts: [
            { hostPath: join(folder, 'data'), containerPath: '/vendor/data', options: ['ro', 'bind'] },
          ],
          hooks: [{ hookName: 'createRuntime', path: hook, args: ['hook', 'argument'] }],
        },
      },
    ],
  }),
);
writeFileSync(
  join(second, 'vendor.yaml'),
  [
    '---',
    'cdiVersion: "0.5.0"',
    'kind: other.example/thing',
    'devices:',
    '- name: "0"',
    '  containerEdits:',
    '    env:',
    '    - OF_THING=yes',
    '',
  ].join('\n'),
);

const engine = useEngine({ flags: ['--cdi-spec-dir', first, '--cdi-spec-dir', second] });

const run = async (args: readonly string[], script: string): Promise<string> =>
  docker(engine(), ['run', '--rm', ...args, 'busybox', 'sh', '-c', script]);

const failure = async (args: readonly string[]): Promise<string> => {
  const { code, stderr } = await engine().docker(['run', '--rm', ...args, 'busybox', 'true']);
  assert.notEqual(code, 0);
  return stderr;
};

it('a device that a document describes brings its node, files, variables, groups and hook', async () => {
  const seen = await run(
    ['--device', 'vendor.example/device=one'],
    'env | grep ^OF_ | sort; id -G; stat -c "%t:%T %a" /dev/vendor/one; cat /vendor/data; echo x > /vendor/data',
  ).catch((error: unknown) => String(error));
  assert.match(seen, /OF_ALL=1\nOF_ONE=1\n0 .*\b4321\n1:7 640\nof the vendor/);
  assert.match(seen, /Read-only file system/);
  assert.equal(readFileSync(called, 'utf8'), `${hook} argument\n`);
});

it('documents in YAML are read, too, and several devices at once', async () => {
  const devices = ['--device', 'other.example/thing=0', '--device', 'vendor.example/device=one'];
  assert.equal(await run(devices, 'env | grep ^OF_ | sort'), 'OF_ALL=1\nOF_ONE=1\nOF_THING=yes');
});

it('a document that comes while the engine runs is seen', async () => {
  const late = {
    cdiVersion: '0.6.0',
    kind: 'late.example/sort',
    devices: [{ name: 'y', containerEdits: { env: ['LATE=1'] } }],
  };
  writeFileSync(join(second, 'late.json'), JSON.stringify(late));
  assert.equal(await run(['--device', 'late.example/sort=y'], 'echo $LATE'), '1');
});

it('a device that nobody describes is refused, and so are graphics without a driver', async () => {
  assert.match(
    await failure(['--device', 'vendor.example/device=none']),
    /CDI device injection failed: unresolvable CDI devices vendor\.example\/device=none/,
  );
  assert.match(
    await failure(['--gpus', 'all']),
    /could not select device driver "" with capabilities: \[\[gpu\]\]/,
  );
});

it('the directories and their devices are told', async () => {
  assert.deepEqual(JSON.parse(await docker(engine(), ['info', '-f', '{{json .CDISpecDirs}}'])), [
    first,
    second,
  ]);
  const { json } = await engine().request('GET', '/v1.50/info');
  assert.deepEqual((json as { DiscoveredDevices: unknown }).DiscoveredDevices, [
    { Source: 'cdi', ID: 'vendor.example/device=one' },
    { Source: 'cdi', ID: 'late.example/sort=y' },
    { Source: 'cdi', ID: 'other.example/thing=0' },
  ]);
});

it('without the feature there is no such driver', async () => {
  await engine().end();
  await engine().start(['--feature', 'cdi=false']);
  assert.match(
    await failure(['--device', 'vendor.example/device=one']),
    /could not select device driver "cdi" with capabilities: \[\]/,
  );
});
