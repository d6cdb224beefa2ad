// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import {
  alone,
  api,
  cli,
  covering,
  custom,
  newer,
  type Step,
  refused,
  reworded,
  type StepGroup,
} from '../step.ts';

const create = (name: string, body: object): Step => api(name, 'POST', '/volumes/create', { body });

const filters = (value: object): string => `filters=${encodeURIComponent(JSON.stringify(value))}`;

const listed = (name: string, value: object): Step =>
  api(name, 'GET', `/volumes?${filters(value)}`, {
    pick: ({ Volumes: volumes, Warnings: warnings }: { Volumes: { Name: string }[]; Warnings: unknown }) => ({
      names: volumes.map((volume) => volume.Name).toSorted(),
      warnings,
    }),
  });

const badFilter = (name: string, value: object): Step =>
  reworded(api(name, 'GET', `/volumes?${filters(value)}`), 'Invalid filter', 'invalid filter');

/** Names alone: how many bytes they took is the file system's affair. */
const pruned = (name: string, value: object, version?: string): Step =>
  api(name, 'POST', `/volumes/prune?${filters(value)}`, {
    ...(version !== undefined && { version }),
    pick: ({ VolumesDeleted: deleted }: { VolumesDeleted: string[] | null }) =>
      (deleted ?? []).map((each) => (each.length === 64 ? '<anonymous>' : each)).toSorted(),
  });

const answered = (status: number, body: Json): Json => ({ status, type: 'application/json', body });

const withOptions = (Name: string, DriverOpts: object): object => ({ Name, DriverOpts });

/** Local volumes: what is taken, shown, found and thrown away. */
export const volumeSteps: StepGroup = {
  noun: 'volumes',
  steps: [
    custom('nothing is left of what others made', async ({ engine }) => {
      const { stdout } = await engine.docker(['volume', 'ls', '-q']);
      const names = stdout.split('\n').filter((name) => name !== '');
      if (names.length > 0) await engine.docker(['volume', 'rm', '-f', ...names]);
      return (await engine.docker(['volume', 'ls', '-q'])).stdout;
    }),
    create('a volume', { Name: 'plain', Labels: { a: 'b', colour: 'red' } }),
    ...covering('volume: same name', create('the same again', { Name: 'plain', Labels: { other: 'x' } })),
    ...covering(
      'volume: labels and options',
      create('without labels and options', { Name: 'bare' }),
      create('with empty ones', { Name: 'empty', Labels: {}, DriverOpts: {} }),
      create(
        'with options',
        withOptions('memory', { type: 'tmpfs', device: 'tmpfs', o: 'size=1m,uid=1000' }),
      ),
    ),
    ...covering(
      'volume: name',
      create('a name of one letter', { Name: 'x' }),
      create('a name with a slash', { Name: 'a/b' }),
      create('a name that begins with a dot', { Name: '.ab' }),
    ),
    ...covering(
      'local: options',
      create('an option that is none', withOptions('bad', { y: '1' })),
      create('a type without a device', withOptions('bad', { type: 'tmpfs' })),
      create('a device without a type', withOptions('bad', { device: '/x' })),
      create('options without both', withOptions('bad', { o: 'ro' })),
      refused(
        create('a size that is none', withOptions('bad', { size: 'zz' })),
        400,
        "create bad: invalid size: 'zz'",
      ),
      create('a size', withOptions('bad', { size: '1g' })),
    ),
    ...covering('volume: driver', create('a driver that is none', { Name: 'bad', Driver: 'nobody' })),
    refused(
      create('a body that is none', { Name: 3 }),
      400,
      'invalid JSON: json: cannot unmarshal number into Go struct field CreateOptions.Name of type string',
    ),
    ...covering(
      'volume: inspect',
      api('inspect', 'GET', '/volumes/plain'),
      api('inspect one with options', 'GET', '/volumes/memory'),
      api('inspect nobody', 'GET', '/volumes/nobody'),
    ),
    ...covering(
      'volume: list filters',
      listed('all', {}),
      listed('by a part of the name', { name: ['em'] }),
      listed('by a pattern', { name: ['^em.*y$', 'b.re'] }),
      listed('by what is no pattern', { name: ['('] }),
      listed('by label', { label: ['colour'] }),
      listed('by label and value', { label: ['colour=red', 'a=b'] }),
      listed('by another value', { label: ['colour=blue'] }),
      listed('by driver', { driver: ['local'] }),
      listed('by another driver', { driver: ['zz'] }),
      badFilter('an unknown filter', { foo: ['x'] }),
      badFilter('dangling that is neither', { dangling: ['x'] }),
    ),
    cli('a container with a volume', [
      'create',
      '--name',
      'holder',
      '-v',
      'plain:/v',
      '-v',
      '/anon',
      'busybox',
    ]),
    listed('dangling', { dangling: ['true'] }),
    custom('not dangling', async ({ engine }) => {
      const { stdout } = await engine.docker(['volume', 'ls', '-q', '-f', 'dangling=false']);
      return stdout
        .trim()
        .split('\n')
        .map((name) => (name.length === 64 ? '<anonymous>' : name))
        .toSorted();
    }),
    ...covering(
      'volume: remove',
      api('remove one in use', 'DELETE', '/volumes/plain'),
      api('remove one in use by force', 'DELETE', '/volumes/plain?force=1'),
      api('remove nobody', 'DELETE', '/volumes/nobody'),
      api('remove nobody by force', 'DELETE', '/volumes/nobody?force=1'),
    ),
    ...covering(
      'volume: prune',
      pruned('prune by a label that none has', { label: ['none'] }),
      refused(
        api('prune by an unknown filter', 'POST', `/volumes/prune?${filters({ until: ['1h'] })}`),
        400,
        "invalid filter 'until'",
      ),
    ),
    ...covering(
      'volume: disk usage',
      api('what volumes take', 'GET', '/system/df', {
        pick: ({ Volumes: volumes }: { Volumes: { Name: string; UsageData: object }[] }) =>
          volumes
            .map(
              ({ Name: name, UsageData: usage }) =>
                `${name.length === 64 ? '<anonymous>' : name} ${JSON.stringify(usage)}`,
            )
            .toSorted(),
      }),
    ),
    api('what images take', 'GET', '/system/df', {
      pick: ({ Images: images }: { Images: { Containers: number; SharedSize: number }[] }) =>
        images.map(({ Containers: containers, SharedSize: shared }) => [containers, shared]),
    }),
    api('what containers take', 'GET', '/system/df', {
      shape: true,
      pick: ({ Containers: containers }: { Containers: { Id: string; SizeRootFs: number }[] }) =>
        containers.map(({ Id: id, SizeRootFs: size }) => [id, size]),
    }),
    alone(
      api('an object that is none', 'GET', '/system/df?type=zz', { version: '1.42' }),
      'types came with 1.42',
      answered(400, { message: 'unknown object type: zz' }),
    ),
    ...covering(
      'local: tmpfs',
      cli('a tmpfs in a container', ['run', '--rm', '-v', 'memory:/v', 'busybox', 'stat', '-c', '%u', '/v']),
    ),
    ...covering(
      'local: mount errors',
      create('a bind of nothing', withOptions('hollow', { type: 'none', device: '/no/such', o: 'bind' })),
      cli('a container that can not have its volume', [
        'run',
        '--name',
        'hollow',
        '-v',
        'hollow:/v',
        'busybox',
      ]),
      cli('its state', ['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'hollow']),
      cli('a file system that is none', ['volume', 'create', '-o', 'type=zz', '-o', 'device=zz', 'strange']),
      cli('can not be mounted', ['run', '--rm', '-v', 'strange:/v', 'busybox']),
    ),
    cli('the containers go', ['rm', '-f', 'holder', 'hollow'], { sort: true }),
    ...covering(
      'volume: prune',
      alone(
        pruned('prune takes anonymous ones alone', {}, '1.42'),
        'named volumes stay since 1.42',
        answered(200, ['<anonymous>']),
      ),
      newer(
        pruned('prune takes all without options', { 'label!': ['colour'] }),
        'the anonymous one has gone before',
        (oracle) => ({ ...(oracle as object), body: ['bare', 'empty'] }),
      ),
    ),
    api('remove one', 'DELETE', '/volumes/plain'),
    api('remove one with options', 'DELETE', '/volumes/memory'),
    listed('what is left', {}),
    ...covering(
      'volume: cluster',
      alone(
        api('change a volume', 'PUT', '/volumes/empty?version=1', { body: {}, version: '1.42' }),
        'volumes of a cluster came with 1.42',
        answered(503, { message: 'volume update only valid for cluster volumes, but swarm is unavailable' }),
      ),
    ),
  ],
};
