// SPDX-License-Identifier: Apache-2.0
import { type Step, type StepGroup, api, cli, covering, custom, newer } from '../step.ts';
import {
  addressesIn,
  allRemoved,
  createNetwork,
  inspectNetwork,
  listedUnder,
  networksOf,
  newerShape,
  removed,
  runIn,
  saidBy28,
} from './networks-asking.ts';

const listed = (name: string, filters: object, row: string): readonly Step[] =>
  covering(row, listedUnder(name, filters));

const badFilter = (name: string, filters: string, message: string, row: string): readonly Step[] =>
  covering(row, saidBy28(api(name, 'GET', `/networks?filters=${encodeURIComponent(filters)}`), 400, message));

const pruned = (name: string, filters: object): Step =>
  api(name, 'POST', `/networks/prune?filters=${encodeURIComponent(JSON.stringify(filters))}`, {
    pick: ({ NetworksDeleted }: { NetworksDeleted: string[] | null }) => NetworksDeleted?.toSorted() ?? null,
  });

/** What is told of networks while `work` goes on, in order. */
const told = (name: string, work: readonly (readonly string[])[]): Step =>
  custom(name, async ({ engine }) => {
    const stamp = async (): Promise<string> =>
      (await engine.docker(['info', '-f', '{{.SystemTime}}'])).stdout.trim();
    const since = await stamp();
    for (const args of work) await engine.docker(args);
    const format = '{{.Action}} {{json .Actor.Attributes}}';
    const filters = ['--since', since, '--until', await stamp(), '--filter', 'type=network'];
    const { stdout } = await engine.docker(['events', ...filters, '--format', format]);
    return stdout.trim().split('\n');
  });

/** The beginning of an id, as a reference. */
const byPartOfId = (name: string, network: string, digits: number): Step =>
  custom(name, async ({ engine }) => {
    const { json } = await engine.request('GET', `/v1.41/networks/${network}`);
    const { Id } = json as { readonly Id: string };
    const found = await engine.request('GET', `/v1.41/networks/${Id.slice(0, digits)}`);
    return (found.json as { readonly Name?: string }).Name;
  });

/** What is told of networks: lookup, inspect, list, prune and events. */
export const networkInspectSteps: StepGroup = {
  noun: 'network-inspect',
  steps: [
    createNetwork('one', {
      Name: 'look-one',
      Labels: { a: 'b', c: '' },
      IPAM: { Config: [{ Subnet: '10.80.0.0/24', IPRange: '10.80.0.128/25', Gateway: '10.80.0.5' }] },
    }),
    createNetwork('another', { Name: 'look-two', Labels: { a: 'x' } }),
    runIn('l1', 'look-one'),
    ...covering(
      ['network: inspect', 'network: inspect Containers', 'network: inspect IPAM.Config'],
      inspectNetwork('with a container', 'look-one'),
    ),
    ...covering(
      'network: inspect Containers',
      custom('its container', async ({ engine }) => {
        const { json } = await engine.request('GET', '/v1.41/networks/look-one');
        return Object.values((json as { Containers: Record<string, Record<string, string>> }).Containers).map(
          ({ Name, IPv4Address, IPv6Address }) => [Name, IPv4Address, IPv6Address],
        );
      }),
    ),
    ...covering(
      'network: inspect predefined',
      ...['host', 'none'].map((name) =>
        newerShape(
          api(`the network ${name}`, 'GET', `/networks/${name}`, {
            pick: ({ IPAM: _, ...body }: { readonly IPAM: unknown }) => body,
          }),
        ),
      ),
    ),
    ...covering(
      'network: lookup',
      byPartOfId('by its id', 'look-one', 64),
      byPartOfId('by the beginning of its id', 'look-one', 10),
    ),
    ...covering('network: lookup unknown', api('nothing', 'GET', '/networks/nothing')),
    ...covering(
      'network: inspect verbose',
      newerShape(
        api('verbose', 'GET', '/networks/look-two?verbose=true', {
          pick: (body: { Name: string }) => body.Name,
        }),
      ),
      saidBy28(
        api('verbose as it is not said', 'GET', '/networks/look-two?verbose=x'),
        400,
        'invalid value for verbose: x: strconv.ParseBool: parsing "x": invalid syntax',
      ),
    ),
    ...covering(
      'network: inspect scope',
      api('of its scope', 'GET', '/networks/look-two?scope=local', {
        pick: (body: { Name: string }) => body.Name,
      }),
      api('of another scope', 'GET', '/networks/look-two?scope=swarm'),
    ),
    ...covering(
      'network: list',
      custom('the list has no containers', async ({ engine }) => {
        const { json } = await engine.request('GET', '/v1.41/networks');
        const body = json as readonly { readonly Name: string; readonly Containers: object }[];
        return body.map(({ Name, Containers }) => `${Name} ${Object.keys(Containers).length}`).toSorted();
      }),
      custom('that of 1.27 has them', async ({ engine }) => {
        const { json } = await engine.request('GET', '/v1.27/networks');
        const body = json as readonly { readonly Name: string; readonly Containers: object }[];
        return body.map(({ Name, Containers }) => `${Name} ${Object.keys(Containers).length}`).toSorted();
      }),
    ),
    ...listed('by name', { name: ['look-'] }, 'network: list filter name'),
    ...listed('by a part of a name', { name: ['ok-t'] }, 'pitfall: network filter is a part'),
    ...listed('by a pattern', { name: ['^look-(one|x)$'] }, 'network: list filter name'),
    ...listed('by driver', { driver: ['bridge'] }, 'network: list filter driver'),
    ...listed('by two drivers', { driver: ['host', 'null'] }, 'network: list filter driver'),
    ...listed('builtin', { type: ['builtin'] }, 'network: list filter type'),
    ...listed('custom', { type: ['custom'] }, 'network: list filter type'),
    ...listed('of local scope', { scope: ['local'] }, 'network: list filter scope'),
    ...listed('of an unknown scope', { scope: ['xyz'] }, 'network: list filter scope'),
    ...listed('by a label', { label: ['a'] }, 'network: list filter label'),
    ...listed('by a label and its value', { label: ['a=b'] }, 'network: list filter label'),
    ...listed('by two labels', { label: ['a', 'c'] }, 'network: list filter label'),
    ...covering(
      'network: list filter dangling',
      newer(listedUnder('dangling', { dangling: ['true'] }), 'those that are used are not', ['look-two']),
    ),
    ...covering(
      'network: list filter dangling',
      newer(listedUnder('not dangling', { dangling: ['false'] }), 'predefined ones are not dangling', [
        'bridge',
        'host',
        'look-one',
        'none',
      ]),
    ),
    ...covering(
      'network: list filter id',
      custom('by a part of its id', async ({ engine }) => {
        const { json } = await engine.request('GET', '/v1.41/networks/look-one');
        const part = (json as { readonly Id: string }).Id.slice(20, 44);
        const query = encodeURIComponent(JSON.stringify({ id: [part] }));
        const found = await engine.request('GET', `/v1.41/networks?filters=${query}`);
        return (found.json as readonly { readonly Name: string }[]).map(({ Name }) => Name);
      }),
    ),
    ...badFilter(
      'a type that is none',
      '{"type":["x"]}',
      "invalid filter: 'type'='x'",
      'network: list filter type',
    ),
    ...badFilter(
      'dangling as it is not said',
      '{"dangling":["x"]}',
      `invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`,
      'network: list filter dangling',
    ),
    ...badFilter(
      'an unknown filter',
      '{"foo":["x"]}',
      "invalid filter 'foo'",
      'network: list filter unknown',
    ),
    ...badFilter(
      'the filter idOrName',
      '{"idOrName":["x"]}',
      "invalid filter 'idOrName'",
      'network: list filter unknown',
    ),
    ...badFilter('no filters', 'zz', 'invalid filter', 'network: list filter unknown'),
    ...covering(
      'network: delete predefined',
      ...['bridge', 'host', 'none'].map((name) =>
        api(`${name} is not removed`, 'DELETE', `/networks/${name}`),
      ),
    ),
    ...covering(
      ['network: delete in use', 'pitfall: network delete status'],
      saidBy28(
        api('in use', 'DELETE', '/networks/look-one'),
        403,
        'error while removing network: network look-one has active endpoints (name:"l1" id:"<short id>")',
      ),
    ),
    ...covering('network: prune', pruned('all but those in use', {}), pruned('nothing', {})),
    ...covering(
      'network: prune filter label',
      createNetwork('with a label', { Name: 'p-one', Labels: { keep: 'me' } }),
      createNetwork('without one', { Name: 'p-two' }),
      pruned('those without it', { 'label!': ['keep'] }),
      pruned('those of another value', { label: ['keep=you'] }),
      pruned('those with it', { label: ['keep=me'] }),
    ),
    ...covering(
      'network: prune filter until',
      createNetwork('a young one', { Name: 'p-three' }),
      pruned('those of an hour ago', { until: ['1h'] }),
      pruned('those of long ago', { until: ['2001-01-01T00:00:00'] }),
      saidBy28(
        api(
          'until as it is not said',
          'POST',
          `/networks/prune?filters=${encodeURIComponent('{"until":["x"]}')}`,
        ),
        400,
        'failed to parse value as time or duration: "x"',
      ),
      saidBy28(
        api(
          'an unknown filter of prune',
          'POST',
          `/networks/prune?filters=${encodeURIComponent('{"foo":["x"]}')}`,
        ),
        400,
        "invalid filter 'foo'",
      ),
      api('the young one removed', 'DELETE', '/networks/p-three'),
    ),
    ...covering(
      'network: delete with stopped containers',
      cli('it stops', ['stop', '-t', '0', 'l1']),
      api('then it is removed', 'DELETE', '/networks/look-one'),
      newer(cli('and the container does not start', ['start', 'l1']), 'the words of 28.5', {
        stderr: [
          'Error response from daemon: failed to set up container networking: network <id> not found',
          'Error: failed to start containers: l1',
        ],
      }),
    ),
    removed('l1'),
    ...covering(
      'network: events',
      told('what is told', [
        ['network', 'create', 'told'],
        ['run', '--rm', '--network', 'told', '--name', 'l2', 'busybox', 'true'],
        ['network', 'rm', 'told'],
        ['network', 'create', 'told-two'],
        ['network', 'prune', '-f'],
      ]),
    ),
    ...covering(
      'pitfall: networks by name',
      createNetwork('by an id', { Name: 'named', IPAM: { Config: [{ Subnet: '10.81.0.0/24' }] } }),
      custom('a container in it', async ({ engine }) => {
        const { json } = await engine.request('GET', '/v1.41/networks/named');
        const { Id } = json as { readonly Id: string };
        const { code } = await engine.docker(
          `run -d --name l3 --network ${Id} --stop-signal KILL busybox sleep 600`.split(' '),
        );
        return code;
      }),
      networksOf('its networks', 'l3', addressesIn),
    ),
    ...covering(
      'pitfall: network created in nanoseconds',
      custom('when it was made', async ({ engine }) => {
        const { json } = await engine.request('GET', '/v1.41/networks/named');
        return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6,9}Z$/.test((json as { Created: string }).Created);
      }),
    ),
    removed('l3'),
    allRemoved,
  ],
};
