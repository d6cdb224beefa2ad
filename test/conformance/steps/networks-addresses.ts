// SPDX-License-Identifier: Apache-2.0
import { type Step, type StepGroup, alone, api, cli, covering, custom, newer } from '../step.ts';
import {
  addressesIn,
  allRemoved,
  createNetwork,
  inspectNetwork,
  networksOf,
  refusedNetwork,
  removed,
  runIn,
  saidBy28,
  within,
} from './networks-asking.ts';

const network = (name: string, ...Config: readonly object[]): Step =>
  createNetwork(`the network ${name}`, { Name: name, IPAM: { Config } });

const created = (name: string, body: object, version = '1.41'): Step =>
  api(name, 'POST', '/containers/create', { body: { Image: 'busybox', Cmd: ['true'], ...body }, version });

const inNetwork = (name: string, endpoint: object): object => ({
  HostConfig: { NetworkMode: name },
  NetworkingConfig: { EndpointsConfig: { [name]: endpoint } },
});

/** Docker's pools, of which the daemons need not take the same: 20.10 keeps those of networks that it failed to make. */
const poolless = (address: string): string =>
  address
    .replace(/^172\.\d+\.0\.0\/16$|^192\.168\.\d+\.0\/20$/, '<a default pool>')
    .replace(/^(172\.\d+\.0|192\.168\.\d+)\.1$/, '<its first address>');

const shapeOfPool = (name: string, reference: string): Step =>
  custom(name, async ({ engine }) => {
    const { json } = await engine.request('GET', `/v1.41/networks/${reference}`);
    return (json as { IPAM: { Config: readonly object[] } }).IPAM.Config.map((pool) =>
      Object.fromEntries(Object.entries(pool).map(([key, value]) => [key, poolless(String(value))])),
    );
  });

/** Who gets which address, and which endpoints are what. */
export const networkAddressSteps: StepGroup = {
  noun: 'network-addresses',
  steps: [
    ...covering(
      'network: ipam default pools',
      createNetwork('of a default pool', { Name: 'auto' }),
      shapeOfPool('its pool', 'auto'),
    ),
    ...covering(
      'network: ipam host routes',
      custom('a route of the host', async ({ engine }) => {
        await engine.netns.run(['ip', 'link', 'add', 'bt-way', 'type', 'bridge']);
        await engine.netns.run(['ip', 'addr', 'add', '172.19.3.1/24', 'dev', 'bt-way']);
        await engine.netns.run(['ip', 'link', 'set', 'bt-way', 'up']);
        await engine.docker(['network', 'create', 'beside']);
        const { json } = await engine.request('GET', '/v1.41/networks/beside');
        await engine.netns.run(['ip', 'link', 'del', 'bt-way']);
        const { Subnet } = (json as { IPAM: { Config: readonly { readonly Subnet: string }[] } }).IPAM
          .Config[0] ?? {
          Subnet: '',
        };
        return Subnet.startsWith('172.19.');
      }),
    ),
    ...covering(
      ['network: ipam order', 'network: ipam Gateway'],
      network('plain', { Subnet: '10.90.0.0/24' }),
      runIn('a1', 'plain'),
      runIn('a2', 'plain'),
      networksOf('the first', 'a1', addressesIn),
      networksOf('the second', 'a2', addressesIn),
      removed('a1'),
      newer(runIn('a3', 'plain'), 'the lowest free address', {}),
      newer(networksOf('who has the first then', 'a3', addressesIn), 'the lowest free address', {
        plain: { four: '10.90.0.2/24 by 10.90.0.1' },
      }),
      removed('a2', 'a3'),
    ),
    ...covering(
      'network: ipam IPRange',
      network('range', { Subnet: '10.91.0.0/16', IPRange: '10.91.7.0/30', Gateway: '10.91.0.9' }),
      runIn('a1', 'range'),
      networksOf('of the range', 'a1', addressesIn),
      runIn('a2', 'range', '--ip', '10.91.200.1'),
      networksOf('outside of the range', 'a2', addressesIn),
      removed('a1', 'a2'),
    ),
    ...covering(
      ['network: ipam AuxiliaryAddresses', 'network: ipam AuxiliaryAddresses DefaultGatewayIPv4'],
      network('aux', {
        Subnet: '10.92.0.0/24',
        AuxiliaryAddresses: { printer: '10.92.0.2', DefaultGatewayIPv4: '10.92.0.3' },
      }),
      inspectNetwork('with auxiliary addresses', 'aux'),
      runIn('a1', 'aux'),
      networksOf('which nobody gets', 'a1', addressesIn),
      within('the way out', 'a1', 'ip route show default'),
      removed('a1'),
    ),
    ...covering(
      'network: ipam used up',
      network('tiny', { Subnet: '10.93.0.0/30' }),
      runIn('a1', 'tiny'),
      newer(
        cli('no address is left', ['run', '--name', 'a2', '--network', 'tiny', 'busybox', 'true']),
        'the text of 28.5',
        {
          stderr: [
            "docker: Error response from daemon: failed to set up container networking: no available IPv4 addresses on this network's address pools: tiny (<id>)",
            '',
            "Run 'docker run --help' for more information",
          ],
        },
      ),
      cli('the state of that one', ['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'a2']),
      removed('a1', 'a2'),
    ),
    ...covering(
      'network: ipam static IPv4',
      saidBy28(
        created(
          'an address where nobody chose the subnet',
          inNetwork('auto', { IPAMConfig: { IPv4Address: '172.18.0.9' } }),
        ),
        400,
        'invalid config for network auto: invalid endpoint settings:\nuser specified IP address is supported only when connecting to networks with user configured subnets',
      ),
    ),
    ...covering(
      'network: ipam MAC address',
      runIn('a1', 'plain', '--mac-address', '02:11:22:33:44:55'),
      within('a given MAC address', 'a1', 'cat /sys/class/net/eth0/address | tr : -'),
      removed('a1'),
      runIn('a2', 'plain'),
      within('a random one is local', 'a2', 'cut -c2 /sys/class/net/eth0/address | grep -c "[26ae]"'),
      removed('a2'),
    ),
    ...covering(
      'network: endpoint MacAddress',
      alone(
        created('a bad MAC address', inNetwork('plain', { MacAddress: 'zz' }), '1.44'),
        'endpoints have MAC addresses since 1.44',
        {
          status: 400,
          type: 'application/json',
          body: {
            message: 'invalid config for network plain: invalid MAC address zz',
          },
        },
      ),
    ),
    ...covering(
      'network: endpoints several at create',
      saidBy28(
        created('two endpoints before 1.44', {
          NetworkingConfig: { EndpointsConfig: { plain: {}, auto: {} } },
        }),
        400,
        'Container cannot be created with multiple network endpoints: auto, plain',
      ),
      alone(
        created(
          'two endpoints since',
          {
            HostConfig: { NetworkMode: 'plain' },
            NetworkingConfig: { EndpointsConfig: { plain: {}, auto: {} } },
          },
          '1.44',
        ),
        'since 1.44',
        { status: 201, type: 'application/json', body: { Id: '<id>', Warnings: [] } },
      ),
    ),
    ...covering(
      'network: endpoints and NetworkMode',
      api('of another network than its mode says', 'POST', '/containers/create?name=a4', {
        body: {
          Image: 'busybox',
          Cmd: ['sleep', '600'],
          StopSignal: 'KILL',
          HostConfig: { NetworkMode: 'bridge' },
          NetworkingConfig: { EndpointsConfig: { plain: {} } },
        },
      }),
      cli('that one runs', ['start', 'a4']),
      networksOf('of that one', 'a4', addressesIn),
      removed('a4'),
    ),
    ...covering(
      ['network: gateway by name', 'network: gateway and internal'],
      network('way-b', { Subnet: '10.94.0.0/24' }),
      network('way-a', { Subnet: '10.95.0.0/24' }),
      createNetwork('an internal one', {
        Name: 'way-0',
        Internal: true,
        IPAM: { Config: [{ Subnet: '10.96.0.0/24' }] },
      }),
      runIn('a5', 'way-b'),
      cli('to the internal one', ['network', 'connect', 'way-0', 'a5']),
      within('the way out stays', 'a5', 'ip route | grep default | cut -d" " -f3'),
      cli('to one before it', ['network', 'connect', 'way-a', 'a5']),
      newer(
        within('the way out then', 'a5', 'ip route | grep default | cut -d" " -f3'),
        'the first by name',
        {
          stdout: '10.95.0.1',
        },
      ),
      removed('a5'),
    ),
    ...covering(
      ['network: endpoint DNSNames'],
      alone(
        custom('names of an endpoint', async ({ engine }) => {
          await engine.docker(
            'run -d --name a6 --network plain --network-alias web --network-alias web --hostname host6 --stop-signal KILL busybox sleep 600'.split(
              ' ',
            ),
          );
          const { json } = await engine.request('GET', '/v1.51/containers/a6/json');
          await engine.docker(['rm', '-f', 'a6']);
          const { Networks } = (
            json as { NetworkSettings: { Networks: Record<string, { DNSNames: string[] }> } }
          ).NetworkSettings;
          return Networks['plain']?.DNSNames;
        }),
        'names are told since 1.44',
        ['a6', 'web', '<short id>', 'host6'],
      ),
    ),
    ...covering(
      'network: endpoint Links',
      runIn('a8', 'plain'),
      runIn('a9', 'plain', '--link', 'a8:friend'),
      networksOf('links of an endpoint', 'a9', ({ Links }) => Links),
      within('by another name', 'a9', 'ping -c 1 -W 5 -q friend | grep -c "1 packets received"'),
      removed('a8', 'a9'),
    ),
    ...covering(
      'pitfall: short id in aliases',
      runIn('a7', 'plain', '--network-alias', 'web'),
      networksOf('aliases before 1.45', 'a7', ({ Aliases }) => Aliases),
      removed('a7'),
    ),
    ...covering(
      ['network: create ConfigOnly', 'network: create ConfigFrom'],
      createNetwork('one that only holds settings', {
        Name: 'held',
        ConfigOnly: true,
        Labels: { from: 'held' },
        IPAM: { Config: [{ Subnet: '10.97.0.0/24' }] },
      }),
      newer(
        custom('what that is', async ({ engine }) => {
          const { json } = await engine.request('GET', '/v1.41/networks/held');
          const { Driver, ConfigOnly, IPAM } = json as Record<string, unknown>;
          return { Driver, ConfigOnly, IPAM };
        }),
        'its driver is told as null',
        { Driver: 'null' },
      ),
      createNetwork('one that has them', { Name: 'having', ConfigFrom: { Network: 'held' } }),
      custom('what that one is', async ({ engine }) => {
        const { json } = await engine.request('GET', '/v1.41/networks/having');
        const { Driver, ConfigOnly, ConfigFrom, IPAM } = json as Record<string, unknown>;
        return { Driver, ConfigOnly, ConfigFrom, IPAM };
      }),
      refusedNetwork(
        'with settings of its own',
        { Name: 'x', ConfigFrom: { Network: 'held' }, IPAM: { Config: [{ Subnet: '10.98.0.0/24' }] } },
        403,
        'user specified configurations are not supported if the network depends on a configuration network',
      ),
      refusedNetwork(
        'with options of its own',
        { Name: 'x', ConfigFrom: { Network: 'held' }, Options: { a: 'b' } },
        403,
        'network driver options are not supported if the network depends on a configuration network',
      ),
      refusedNetwork(
        'settings that depend on others',
        { Name: 'x', ConfigOnly: true, ConfigFrom: { Network: 'held' } },
        403,
        'a configuration network cannot depend on another configuration network',
      ),
    ),
    ...covering(
      'network: create ConfigFrom unknown',
      refusedNetwork(
        'settings of nobody',
        { Name: 'x', ConfigFrom: { Network: 'nobody' } },
        404,
        'configuration network "nobody" does not exist',
      ),
    ),
    ...covering(
      'network: create ConfigOnly with operator fields',
      refusedNetwork(
        'settings of an internal one',
        { Name: 'x', ConfigOnly: true, Internal: true },
        403,
        'configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.',
      ),
    ),
    ...covering(
      'network: delete ConfigOnly in use',
      saidBy28(
        api('settings that are in use', 'DELETE', '/networks/held'),
        403,
        'error while removing network: configuration network "held" is in use',
      ),
    ),
    ...covering(
      'network: start on ConfigOnly',
      newer(
        cli('no container joins settings', ['run', '--rm', '--network', 'held', 'busybox', 'true']),
        'the text of 28.5',
        {
          stderr: [
            'docker: Error response from daemon: failed to set up container networking: cannot create endpoint on configuration-only network',
            '',
            "Run 'docker run --help' for more information",
          ],
        },
      ),
    ),
    api('who has settings goes first', 'DELETE', '/networks/having'),
    allRemoved,
  ],
};
