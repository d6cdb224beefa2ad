// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import { type Step, type StepGroup, alone, api, cli, custom, newer } from '../step.ts';
import {
  addressesIn,
  allRemoved,
  connectNetwork,
  createNetwork,
  disconnectNetwork,
  networksOf,
  refusedNetwork,
  removed,
  runIn,
  saidBy28,
  within,
} from './networks-asking.ts';

const network = (name: string, Config: object, more: object = {}): Step =>
  createNetwork(`the network ${name}`, { Name: name, IPAM: { Config: [Config] }, ...more });

const started = (name: string, container: string): Step =>
  api(name, 'POST', `/containers/${container}/start`);

/** What a start that failed has left. */
const stateOf = (name: string, container: string): Step =>
  custom(name, async ({ engine }) => {
    const { json } = await engine.request('GET', `/v1.41/containers/${container}/json`);
    const { State } = json as { readonly State: { readonly Status: string; readonly ExitCode: number } };
    return { Status: State.Status, ExitCode: State.ExitCode };
  });

const hostPortsOf = (name: string, container: string, port: string): Step =>
  custom(name, async ({ engine }) => {
    const { stdout } = await engine.docker(['port', container, port]);
    const ports = [...stdout.matchAll(/^(\S+):(\d+)$/gm)];
    return {
      addresses: ports.map((match) => match[1] ?? '').toSorted(),
      ports: new Set(ports.map((match) => match[2])).size,
    };
  });

const published = (container: string, ...args: readonly string[]): Step =>
  cli(`${container} runs`, ['run', '-d', '--name', container, ...args, 'busybox', 'sleep', '600']);

/** 20.10 tells what its proxy could not do. */
const allocated = (step: Step, where: string): Step =>
  newer(step, '28.5 tells of the port that is in the way', (oracle: Json) => ({
    ...(oracle as object),
    stderr: [
      `docker: Error response from daemon: failed to set up container networking: driver failed programming external connectivity on endpoint late (<id>): Bind for ${where} failed: port is already allocated`,
      '',
      "Run 'docker run --help' for more information",
    ],
  }));

/** What is seldom done, and done wrong easily. */
export const oddNetworkSteps: StepGroup = {
  noun: 'network-odd',
  steps: [
    network('odd', { Subnet: '10.95.0.0/24', Gateway: '10.95.0.1' }),
    saidBy28(connectNetwork('no container', 'odd', {}), 400, 'invalid name or ID supplied: ""'),
    saidBy28(disconnectNetwork('no container, either', 'odd', {}), 400, 'invalid name or ID supplied: ""'),

    // A network that has gone while a container did not run.
    network('gone', { Subnet: '10.96.0.0/24' }),
    cli('one that is stopped', ['create', '--name', 'tied', '--network', 'gone', 'busybox', 'sleep', '600']),
    api('its network goes', 'DELETE', '/networks/gone'),
    saidBy28(
      started('it cannot start', 'tied'),
      404,
      'failed to set up container networking: network gone not found',
    ),
    disconnectNetwork('it is taken out of what is gone', 'gone', { Container: 'tied' }),
    saidBy28(
      disconnectNetwork('and again', 'gone', { Container: 'tied', Force: true }),
      500,
      'container <id> is not connected to the network gone',
    ),
    connectNetwork('it gets another network', 'odd', { Container: 'tied' }),
    started('and starts', 'tied'),
    networksOf('in that one', 'tied', addressesIn),
    saidBy28(
      disconnectNetwork('one that runs is told of what is not there', 'gone', { Container: 'tied' }),
      404,
      'network gone not found',
    ),
    removed('tied'),

    // Containers that share a network which ends.
    runIn('donor', 'odd'),
    runIn('joined', 'container:donor'),
    custom('it has a host name of its own as it is made', async ({ engine }) => {
      await engine.docker('create --name made --network container:donor busybox'.split(' '));
      const { stdout } = await engine.docker('inspect -f {{.Id}}={{.Config.Hostname}} made'.split(' '));
      await engine.docker(['rm', 'made']);
      const [id = '', hostname] = stdout.trim().split('=');
      return id.slice(0, 12) === hostname;
    }),
    within('both have an interface', 'joined', 'ls /sys/class/net'),
    cli('the first one is started anew', ['restart', '-t', '0', 'donor']),
    within('the other one has none left', 'joined', 'ls /sys/class/net'),
    cli('the first one stops', ['stop', '-t', '0', 'donor']),
    cli('and the other one, too', ['stop', '-t', '0', 'joined']),
    saidBy28(
      started('which cannot start alone', 'joined'),
      409,
      'cannot join network namespace of a non running container: container donor is exited',
    ),
    stateOf('and keeps its exit code', 'joined'),
    removed('donor'),
    saidBy28(
      started('nor without the other one', 'joined'),
      500,
      'joining network namespace of container: No such container: <id>',
    ),
    removed('joined'),
    cli('one that would join itself', ['create', '--name', 'self', '--network', 'container:self', 'busybox']),
    saidBy28(started('and cannot', 'self'), 500, 'cannot join own network namespace'),
    removed('self'),

    // Networks that are none.
    newer(
      createNetwork('a field that is no boolean', { Name: 'x', CheckDuplicate: 'yes' }),
      'the name of the type',
      {
        status: 400,
        type: 'application/json',
        body: {
          message:
            'invalid JSON: json: cannot unmarshal string into Go struct field CreateRequest.CheckDuplicate of type bool',
        },
      },
    ),
    refusedNetwork('a name of blanks', { Name: ' ' }, 400, 'invalid name: name is empty'),
    createNetwork('on a link that is no bridge', {
      Name: 'x',
      Options: { 'com.docker.network.bridge.name': 'lo' },
    }),
    createNetwork('with the gateway as an auxiliary address', {
      Name: 'x',
      IPAM: { Config: [{ Subnet: '10.97.0.0/24', AuxiliaryAddresses: { a: '10.97.0.1' } }] },
    }),
    alone(
      createNetwork('of two addresses', { Name: 'two', IPAM: { Config: [{ Subnet: '10.98.0.0/31' }] } }),
      '20.10 keeps both from hosts',
      { status: 201, type: 'application/json', body: { Id: '<id>', Warning: '' } },
    ),
    network('six', { Subnet: 'fd00:95::/120' }, { EnableIPv6: true }),
    runIn('last', 'six', '--ip6', 'fd00:95::ff'),
    within(
      'the last IPv6 address is one',
      'last',
      'ip -o -6 addr show eth0 scope global | grep -o "inet6 [^ ]*"',
    ),
    removed('last'),

    // Names.
    network('names', { Subnet: '10.99.0.0/24' }),
    network('more-names', { Subnet: '10.94.0.0/24' }),
    runIn('whole', 'names', '--hostname', 'web.example.com', '--network-alias', 'both'),
    within('a host name with dots', 'whole', 'grep web /etc/hosts | cut -f 2'),
    connectNetwork('it is in another network', 'more-names', {
      Container: 'whole',
      EndpointConfig: { Aliases: ['both'], IPAMConfig: { IPv4Address: '10.94.0.99' } },
    }),
    runIn('asker', 'names'),
    connectNetwork('and so is who asks', 'more-names', { Container: 'asker' }),
    within(
      'a name of both is that of the first by name',
      'asker',
      'nslookup -type=a both | grep -c 10.94.0.99',
    ),
    removed('whole', 'asker'),

    // Ports of the host.
    published('two', '-p', '127.0.0.1::80', '-p', '127.0.0.2::80'),
    hostPortsOf('one port at both addresses', 'two', '80'),
    published('all', '-p', '8095:80'),
    allocated(
      cli('one that another one has at all addresses', [
        'run',
        '--rm',
        '--name',
        'late',
        '-p',
        '127.0.0.2:8095:80',
        'busybox',
        'true',
      ]),
      '0.0.0.0:8095',
    ),
    removed('two', 'all'),
    allRemoved,
  ],
};
