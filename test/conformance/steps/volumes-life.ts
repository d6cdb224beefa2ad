// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import {
  alone,
  api,
  COMMON_VERSION,
  covering,
  custom,
  type Lab,
  newer,
  type Step,
  type StepGroup,
} from '../step.ts';

const V = '/v1.41';

interface Told {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Record<string, string> };
}

/** What events of volumes were told since `since` (unix seconds), without what only prunes say. */
async function eventsSince({ engine }: Lab, since: number): Promise<readonly VolumeEvent[]> {
  const filters = encodeURIComponent(JSON.stringify({ type: ['volume'] }));
  const until = Math.ceil(Date.now() / 1000) + 1;
  const path = `${V}/events?since=${since}&until=${until}&filters=${filters}`;
  const { text } = await engine.request('GET', path);
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Told)
    .map(({ Action, Actor }): VolumeEvent => [Action, Actor.ID, Actor.Attributes]);
}

type VolumeEvent = readonly [action: string, volume: string, attributes: Record<string, string>];

/** Equal actions in a row by their places: dockerd mounts the places of a container in no order. */
function byPlace(events: readonly VolumeEvent[]): readonly VolumeEvent[] {
  const runs: VolumeEvent[][] = [];
  for (const event of events) {
    const last = runs.at(-1);
    if (last?.[0]?.[0] === event[0]) last.push(event);
    else runs.push([event]);
  }
  const place = ([, , { destination = '' }]: VolumeEvent): string => destination;
  return runs.flatMap((run) => run.toSorted((a, b) => place(a).localeCompare(place(b))));
}

const told = (name: string, volume: string, work: (lab: Lab) => Promise<void>): Step =>
  newer(
    custom(name, async (lab) => {
      const since = Math.floor(Date.now() / 1000);
      await work(lab);
      const all = await eventsSince(lab, since);
      return byPlace(all.filter(([, id]) => id === volume));
    }),
    'one that is there already is not told as created since 23.0',
    (oracle) =>
      (oracle as readonly Json[]).filter((event, at) => at === 0 || (event as Json[])[0] !== 'create'),
  );

const names = async ({ engine }: Lab, ...filters: readonly string[]): Promise<readonly string[]> => {
  const words = filters.flatMap((filter) => ['-f', filter]);
  const { stdout } = await engine.docker(['volume', 'ls', '-q', ...words]);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((name) => (name.length === 64 ? '<anonymous>' : name))
    .toSorted();
};

/** Runs CLI calls, each of which must succeed, and tells which volumes there are then. */
const left = (name: string, ...calls: readonly (readonly string[])[]): Step =>
  custom(name, async (lab) => {
    const codes: number[] = [];
    for (const call of calls)
      codes.push((await lab.engine.docker(call, { env: { DOCKER_API_VERSION: COMMON_VERSION } })).code);
    return { codes, names: await names(lab) };
  });

/** Volumes from their creation to their end, and what is told of it. */
export const volumeLifeSteps: StepGroup = {
  noun: 'volumes-life',
  steps: [
    custom('no volume is left of what others made', async ({ engine }) => {
      const { stdout } = await engine.docker(['volume', 'ls', '-q']);
      const all = stdout.split('\n').filter(Boolean);
      if (all.length > 0) await engine.docker(['volume', 'rm', '-f', ...all]);
      return (await engine.docker(['volume', 'ls', '-q'])).stdout;
    }),
    ...covering(
      'volume: anonymous',
      api('an anonymous one', 'POST', '/volumes/create', {
        body: {},
        pick: ({ Name, Labels, Driver }: { Name: string; Labels: object; Driver: string }) => [
          /^[0-9a-f]{64}$/.test(Name),
          // The label came with 23.0.
          Object.keys(Labels ?? {}).filter((label) => label !== 'com.docker.volume.anonymous'),
          Driver,
        ],
      }),
      left('and it goes', ['volume', 'prune', '-f']),
    ),
    alone(
      api('its label', 'POST', '/volumes/create', {
        body: { Labels: { a: 'b' } },
        pick: ({ Labels }: { Labels: object }) => Labels,
        version: '1.42',
      }),
      'the label came with 23.0',
      { status: 201, type: 'application/json', body: { a: 'b', 'com.docker.volume.anonymous': '' } },
    ),
    alone(
      api('a volume of a cluster', 'POST', '/volumes/create', {
        body: { Name: 'cluster', ClusterVolumeSpec: { Group: 'g' } },
        version: '1.42',
      }),
      'volumes of a cluster came with 1.42',
      {
        status: 503,
        type: 'application/json',
        body: {
          message:
            'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
        },
      },
    ),
    left('they go, too', ['volume', 'prune', '-f']),
    ...covering(
      'volume: events',
      told('a life', 'lived', async ({ engine }) => {
        await engine.docker(['volume', 'create', 'lived']);
        await engine.docker(['run', '--rm', '-v', 'lived:/a:ro', 'busybox', 'true']);
        await engine.docker(['volume', 'rm', 'lived']);
      }),
      told('one that is there again', 'again', async ({ engine }) => {
        await engine.docker(['volume', 'create', 'again']);
        await engine.docker(['volume', 'create', 'again']);
        await engine.docker(['volume', 'rm', 'again']);
      }),
      told('two places of one volume', 'double', async ({ engine }) => {
        await engine.docker(['run', '--rm', '-v', 'double:/a', '-v', 'double:/b', 'busybox', 'true']);
        await engine.docker(['volume', 'rm', 'double']);
      }),
    ),
    ...covering(
      'volume: removal with containers',
      left(
        'rm -v takes anonymous ones and keeps named ones',
        [
          'create',
          '--name',
          'gone',
          '-v',
          'stays:/a',
          '-v',
          '/b',
          '--mount',
          'type=volume,dst=/c',
          'busybox',
        ],
        ['rm', '-v', 'gone'],
      ),
      left(
        'rm keeps all',
        ['create', '--name', 'gone', '-v', 'stays:/a', '-v', '/b', 'busybox'],
        ['rm', 'gone'],
        ['volume', 'prune', '-f', '--filter', 'label!=none'],
      ),
      left('run --rm takes anonymous ones', ['run', '--rm', '-v', 'stays:/a', '-v', '/b', 'busybox', 'true']),
      left(
        'an anonymous one that another container has stays',
        ['create', '--name', 'giver', '-v', '/b', 'busybox'],
        ['create', '--name', 'taker', '--volumes-from', 'giver', 'busybox'],
        ['rm', '-v', 'giver'],
      ),
      left('and goes with the last', ['rm', '-v', 'taker']),
    ),
    ...covering(
      'volume: who uses what',
      custom('containers of a volume, stopped ones too', async ({ engine }) => {
        await engine.docker(['volume', 'create', 'used']);
        await engine.docker(['create', '--name', 'user', '-v', 'used:/a', 'busybox']);
        const rows = await engine.docker(['ps', '-a', '--filter', 'volume=used', '--format', '{{.Names}}']);
        const place = await engine.docker(['ps', '-a', '--filter', 'volume=/a', '--format', '{{.Names}}']);
        const refused = await engine.docker(['volume', 'rm', 'used']);
        const dangling = await names({ engine } as Lab, 'dangling=true');
        await engine.docker(['rm', 'user']);
        const removed = await engine.docker(['volume', 'rm', 'used']);
        return [rows.stdout, place.stdout, refused.code, refused.stderr, dangling, removed.code];
      }),
    ),
    left('the rest goes', ['volume', 'rm', '-f', 'stays']),
  ],
};
