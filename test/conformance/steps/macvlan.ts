// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import {
  type Step,
  type StepGroup,
  api,
  cli,
  covering,
  custom,
  newer,
  refused,
  reworded,
  rewrite,
} from '../step.ts';

const LINKS = ['mv0', 'mv1'] as const;

/** Parents for the networks, in the namespace of either engine: two ends of a cable. */
const addLinks = custom('two links on the host', async ({ engine }) => {
  const [one, two] = LINKS;
  const made = await engine.netns.run(['ip', 'link', 'add', one, 'type', 'veth', 'peer', 'name', two]);
  for (const link of LINKS) await engine.netns.run(['ip', 'link', 'set', link, 'up']);
  return made.code;
});

const removeLinks = custom('the links go, and none is left', async ({ engine }) => {
  await engine.netns.run(['ip', 'link', 'del', LINKS[0]]);
  const links = await engine.netns.links();
  return links.filter((link) => /^(mv|dm|di|veth)/.test(link));
});

const create = (name: string, body: object): Step =>
  api(name, 'POST', '/networks/create', { body: { CheckDuplicate: true, ...body } });

/** A network of `driver` on one of the links. */
const network = (
  driver: string,
  name: string,
  options: Readonly<Record<string, string>>,
  config: readonly object[] = [],
): object => ({
  Name: name,
  Driver: driver,
  Options: options,
  ...(config.length > 0 && { IPAM: { Config: config } }),
});

const inspect = (name: string, id: string): Step =>
  newer(api(name, 'GET', `/networks/${id}`), 'IPv4 can be told of', (oracle: Json) =>
    rewrite(oracle, (record) => ('EnableIPv6' in record ? { ...record, EnableIPv4: true } : record)),
  );

const run = (name: string, on: string, ...args: readonly string[]): Step =>
  cli(`${name} runs`, [
    'run',
    '-d',
    '--name',
    name,
    '--network',
    on,
    ...args,
    '--stop-signal',
    'KILL',
    'busybox',
    'sleep',
    '600',
  ]);

const routes = (name: string, container: string): Step =>
  cli(name, ['exec', container, 'ip', 'route'], { sort: true, rules: [[/ +$/gm, '']] });

const ping = (name: string, container: string, address: string): Step =>
  cli(name, ['exec', container, 'ping', '-c', '1', '-W', '5', '-q', address], {
    rules: [[/round-trip.*/, '<time>']],
  });

const refusals = (driver: 'macvlan' | 'ipvlan'): readonly Step[] => {
  const bad = (name: string, options: Readonly<Record<string, string>>): Step =>
    create(`${driver} on ${name}`, network(driver, 'x', options));
  return [
    bad('the loopback', { parent: 'lo' }),
    bad('what is not there', { parent: 'nope' }),
    reworded(bad('a VLAN of what is not there', { parent: 'nope.10' }), 'does was not', 'was not'),
    bad('a VLAN without a number', { parent: 'mv0.x' }),
    bad('a VLAN of no number', { parent: 'mv0.0' }),
    bad('a VLAN of too high a number', { parent: 'mv0.4095' }),
    bad('a VLAN on a VLAN', { parent: 'mv0.1.2' }),
    bad('in a mode that is none', { parent: 'mv0', [`${driver}_mode`]: 'x' }),
  ];
};

const modes = (['bridge', 'private', 'vepa', 'passthru'] as const).flatMap((mode) => [
  create(`in mode ${mode}`, network('macvlan', mode, { parent: 'mv1', macvlan_mode: mode })),
  api(`mode ${mode} goes`, 'DELETE', `/networks/${mode}`),
]);

/** Networks on a link of the host. */
export const macvlanSteps: StepGroup = {
  noun: 'macvlan',
  steps: [
    addLinks,
    ...covering(
      'network: driver macvlan',
      create(
        'on a link',
        network('macvlan', 'lan', { parent: 'mv0' }, [
          { Subnet: '10.74.0.0/24', Gateway: '10.74.0.254', IPRange: '10.74.0.64/26' },
          { Subnet: '10.75.0.0/24' },
        ]),
      ),
      inspect('what it is', 'lan'),
      run('v1', 'lan', '-p', '8090:80'),
      run('v2', 'lan', '--ip', '10.75.0.9', '--network-alias', 'second'),
      routes('routes of v1', 'v1'),
      routes('routes of v2', 'v2'),
      cli('address of v1', ['exec', 'v1', 'ip', '-o', '-4', 'addr', 'show', 'eth0'], {
        rules: [
          [/^\d+: eth0@?\S*/gm, 'eth0'],
          [/\s+/g, ' '],
        ],
      }),
      api('ports of v1', 'GET', '/containers/v1/json', {
        pick: (body: { NetworkSettings: { Ports: object } }) => body.NetworkSettings.Ports,
      }),
      cli('left', ['network', 'disconnect', 'lan', 'v2']),
      cli('joined again', ['network', 'connect', '--ip', '10.74.0.99', 'lan', 'v2']),
      ping('its neighbour is reached', 'v2', '10.74.0.64'),
      ping('by its name', 'v1', 'v2'),
      cli('a name that is an alias', ['network', 'disconnect', 'lan', 'v2']),
    ),
    ...covering('network: driver macvlan parent', ...refusals('macvlan')),
    ...covering('network: driver macvlan modes', ...modes),
    ...covering(
      'network: driver macvlan shared parent',
      refused(
        create(
          'all of a link that others use',
          network('macvlan', 'x', { parent: 'mv0', macvlan_mode: 'passthru' }),
        ),
        500,
        'cannot use mode passthru, macvlan network <id> is already using parent interface mv0',
      ),
      create('all of a link', network('macvlan', 'whole', { parent: 'mv1', macvlan_mode: 'passthru' })),
      refused(
        create('a link of which nothing is left', network('macvlan', 'x', { parent: 'mv1' })),
        500,
        'macvlan network <id> is already using parent interface mv1 in mode passthru',
      ),
      api('that link is free again', 'DELETE', '/networks/whole'),
    ),
    ...covering(
      'network: driver macvlan internal',
      create('one that leads nowhere', {
        ...network('macvlan', 'shut', { parent: 'mv1' }, [{ Subnet: '10.76.0.0/24' }]),
        Internal: true,
      }),
      run('v3', 'shut', '--ip', '10.76.0.7'),
      routes('no way out', 'v3'),
      cli('v3 goes', ['rm', '-f', 'v3']),
      api('that network goes', 'DELETE', '/networks/shut'),
    ),
    ...covering(
      'network: driver ipvlan',
      ...refusals('ipvlan'),
      api('ipvlan on a link', 'POST', '/networks/create', {
        body: network('ipvlan', 'ip', { parent: 'mv1' }, [{ Subnet: '10.79.0.0/24' }]),
        // Berth warns of a kernel that has no such links.
        pick: ({ Id }: { readonly Id: string }) => Id,
      }),
      inspect('what that is', 'ip'),
      create('ipvlan on the same link', network('ipvlan', 'x', { parent: 'mv1' })),
    ),
    ...covering(
      'network: driver ipvlan without kernel support',
      reworded(
        cli('a container on ipvlan', ['run', '--name', 'v4', '--network', 'ip', 'busybox', 'ip', 'route']),
        'daemon: failed to create the ipvlan port',
        'daemon: failed to set up container networking: failed to create the ipvlan port',
      ),
      cli('its container goes', ['rm', '-f', 'v4']),
      api('ipvlan goes', 'DELETE', '/networks/ip'),
    ),
    refused(
      create('overlay without a cluster', network('overlay', 'x', {})),
      403,
      'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
    ),
    cli('gone', ['rm', '-f', 'v1', 'v2'], { sort: true }),
    api('the network goes', 'DELETE', '/networks/lan'),
    removeLinks,
  ],
};
