// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import {
  type ApiOptions,
  type Step,
  type StepGroup,
  api,
  cli,
  covering,
  custom,
  newer,
  rewrite,
} from '../step.ts';

type Network = Readonly<Record<string, unknown>>;

const create = (name: string, body: object, options: ApiOptions = {}): Step =>
  api(name, 'POST', '/networks/create', { body: { CheckDuplicate: true, ...body }, ...options });

/** What 28.5 tells of a network and 20.10 does not. */
const newerNetwork = (oracle: Json): Json =>
  rewrite(oracle, (record) => ('EnableIPv6' in record ? { ...record, EnableIPv4: true } : record));

const newerShape = (step: Step): Step => newer(step, 'IPv4 can be told of', newerNetwork);

const inspect = (name: string, network: string): Step => newerShape(api(name, 'GET', `/networks/${network}`));

/** Refused as 28.5 does, whatever 20.10 makes of it. */
const said = (step: Step, status: number, message: string): Step =>
  newer(step, '28.5 says it in these words', () => ({
    status,
    type: 'application/json',
    body: { message },
  }));

const refused = (name: string, body: object, status: number, message: string): Step =>
  said(create(name, body), status, message);

const connect = (name: string, network: string, body: object): Step =>
  api(name, 'POST', `/networks/${network}/connect`, { body });
const disconnect = (name: string, network: string, body: object): Step =>
  api(name, 'POST', `/networks/${network}/disconnect`, { body });

/** The networks of a container with what they say of addresses. */
const networksOf = (name: string, container: string): Step =>
  custom(name, async ({ engine }) => {
    const answer = await engine.request('GET', `/v1.41/containers/${container}/json`);
    const { NetworkSettings } = answer.json as {
      NetworkSettings: { Networks: Readonly<Record<string, Network>> };
    };
    return Object.fromEntries(
      Object.entries(NetworkSettings.Networks).map(([network, { Aliases, Gateway, ...rest }]) => [
        network,
        {
          address: `${String(rest['IPAddress'])}/${String(rest['IPPrefixLen'])} by ${String(Gateway)}`,
          asked: JSON.stringify(rest['IPAMConfig']),
          aliases: Array.isArray(Aliases) ? Aliases.length : 'none',
          hasMacAddress: rest['MacAddress'] !== '',
        },
      ]),
    );
  });

const filtered = (name: string, filters: object): Step =>
  custom(name, async ({ engine }) => {
    const query = encodeURIComponent(JSON.stringify(filters));
    const { json } = await engine.request('GET', `/v1.41/networks?filters=${query}`);
    return Array.isArray(json)
      ? (json as readonly Network[]).map(({ Name }) => String(Name)).toSorted()
      : json;
  });

const subnet = (config: object, more: object = {}): object => ({ IPAM: { Config: [config] }, ...more });

/** What is told of networks while `work` goes on, in order: action and name. */
const told = (name: string, work: readonly (readonly string[])[]): Step =>
  custom(name, async ({ engine }) => {
    const stamp = async (): Promise<string> =>
      String((await engine.docker(['info', '-f', '{{.SystemTime}}'])).stdout.trim());
    const since = await stamp();
    for (const args of work) await engine.docker(args);
    const until = await stamp();
    const { stdout } = await engine.docker([
      'events',
      '--since',
      since,
      '--until',
      until,
      '--filter',
      'type=network',
      '--format',
      '{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.type}}',
    ]);
    return stdout.trim().split('\n');
  });

/** Networks that users make, and containers that join and leave them. */
export const userNetworkSteps: StepGroup = {
  noun: 'user-network',
  steps: [
    create('one', { Name: 'one', Labels: { a: 'b' } }),
    inspect('what it is', 'one'),
    create('with all settings of a subnet', {
      Name: 'two',
      ...subnet({
        Subnet: '10.50.0.0/16',
        IPRange: '10.50.4.0/24',
        Gateway: '10.50.0.1',
        AuxiliaryAddresses: { printer: '10.50.4.0' },
      }),
      Internal: true,
      Attachable: true,
      Options: { 'com.docker.network.bridge.name': 'br-two', any: 'thing' },
    }),
    inspect('what that is', 'two'),
    cli('by the CLI', [
      'network',
      'create',
      '-o',
      'com.docker.network.driver.mtu=1400',
      '--subnet',
      '10.51.0.0/24',
      'three',
    ]),
    inspect('what that is, too', 'three'),
    filtered('by label', { label: ['a=b'] }),
    filtered('by part of the name', { name: ['o'] }),
    filtered('by type', { type: ['custom'] }),
    filtered('dangling', { dangling: ['true'] }),
    said(create('a name that is taken', { Name: 'one' }), 409, 'network with name one already exists'),
    refused(
      'an overlap',
      { Name: 'x', ...subnet({ Subnet: '10.50.1.0/24' }) },
      403,
      'invalid pool request: Pool overlaps with other one on this address space',
    ),
    refused(
      'host bits',
      { Name: 'x', ...subnet({ Subnet: '10.60.1.3/24' }) },
      400,
      'invalid network config:\ninvalid subnet 10.60.1.3/24: it should be 10.60.1.0/24',
    ),
    refused(
      'a gateway elsewhere',
      { Name: 'x', ...subnet({ Subnet: '10.60.1.0/24', Gateway: '10.61.0.1' }) },
      400,
      "invalid network config:\ninvalid gateway 10.61.0.1: parent subnet 10.60.1.0/24 doesn't contain this address",
    ),
    refused(
      'a predefined name',
      { Name: 'host' },
      403,
      'operation is not permitted on predefined host network ',
    ),
    refused(
      'another host network',
      { Name: 'x', Driver: 'host' },
      403,
      'only one instance of "host" network is allowed',
    ),

    cli('c1 runs', [
      'run',
      '-d',
      '--name',
      'c1',
      '--network',
      'three',
      '--network-alias',
      'web',
      '--stop-signal',
      'KILL',
      'busybox',
      'sleep',
      '600',
    ]),
    cli('c2 has an address of its own', [
      'run',
      '-d',
      '--name',
      'c2',
      '--network',
      'three',
      '--ip',
      '10.51.0.77',
      '--stop-signal',
      'KILL',
      'busybox',
      'sleep',
      '600',
    ]),
    ...covering(['inspect: before 1.45'], networksOf('of c1', 'c1')),
    networksOf('of c2', 'c2'),
    cli('reached by its neighbour', ['exec', 'c1', 'ping', '-c', '1', '-q', '10.51.0.77'], {
      rules: [[/round-trip.*/, '<time>']],
    }),
    cli('its hosts file', ['exec', 'c1', 'tail', '-n', '1', '/etc/hosts']),
    connect('to another one', 'two', { Container: 'c1' }),
    cli('its hosts file then', ['exec', 'c1', 'tail', '-n', '2', '/etc/hosts']),
    networksOf('of c1 then', 'c1'),
    cli('its interface', ['exec', 'c1', 'ip', '-o', '-4', 'addr', 'show', 'eth1'], {
      rules: [
        [/^\d+: eth1@?\S*/gm, 'eth1'],
        [/\s+/g, ' '],
      ],
    }),
    cli('its routes', ['exec', 'c1', 'ip', 'route'], { sort: true, rules: [[/ +$/gm, '']] }),
    said(
      connect('twice', 'two', { Container: 'c1' }),
      403,
      'endpoint with name c1 already exists in network two',
    ),
    said(connect('nobody', 'two', { Container: 'nobody' }), 404, 'No such container: nobody'),
    connect('to nothing', 'nothing', { Container: 'c1' }),
    said(
      connect('to the host', 'host', { Container: 'c1' }),
      400,
      'cannot connect container to host network - container must be created in host network mode',
    ),
    connect('to none', 'none', { Container: 'c1' }),
    disconnect('again', 'two', { Container: 'c1' }),
    networksOf('of c1 at last', 'c1'),
    said(
      newer(disconnect('what is not connected', 'two', { Container: 'c1' }), 'the id is masked', {}),
      500,
      'container <id> is not connected to network two',
    ),
    cli('one that was made', ['create', '--name', 'c3', 'busybox', 'sleep', '600']),
    connect('before its start', 'one', { Container: 'c3', EndpointConfig: { Aliases: ['first'] } }),
    disconnect('before its start, too', 'bridge', { Container: 'c3' }),
    networksOf('of c3', 'c3'),
    cli('one of another network', ['create', '--name', 'c4', '--network', 'container:c1', 'busybox', 'true']),
    said(
      connect('who shares', 'one', { Container: 'c4' }),
      400,
      'container sharing network namespace with another container or host cannot be connected to any other network',
    ),
    said(
      api('in use', 'DELETE', '/networks/three'),
      403,
      'error while removing network: network three has active endpoints (name:"c1" id:"<short id>", name:"c2" id:"<short id>")',
    ),
    cli('one with a port in an internal network', [
      'run',
      '-d',
      '--name',
      'c5',
      '--network',
      'two',
      '-p',
      '8444:80',
      '--stop-signal',
      'KILL',
      'busybox',
      'sleep',
      '600',
    ]),
    networksOf('of c5', 'c5'),
    api('its ports', 'GET', '/containers/c5/json', {
      pick: (body: { NetworkSettings: { Ports: object } }) => body.NetworkSettings.Ports,
    }),
    newer(
      cli('its routes, none of them out', ['exec', 'c5', 'ip', 'route'], { rules: [[/ +$/gm, '']] }),
      'an internal network leads nowhere',
      {
        stdout: '10.50.0.0/16 dev eth0 scope link  src 10.50.4.1',
      },
    ),
    ...covering(
      ['rule: network static address without a subnet'],
      said(
        api('an address where nobody chose the subnet', 'POST', '/containers/create', {
          body: {
            Image: 'busybox',
            HostConfig: { NetworkMode: 'one' },
            NetworkingConfig: { EndpointsConfig: { one: { IPAMConfig: { IPv4Address: '10.9.9.9' } } } },
          },
        }),
        400,
        'invalid config for network one: invalid endpoint settings:\nuser specified IP address is supported only when connecting to networks with user configured subnets',
      ),
    ),
    ...covering(
      ['rule: network other endpoint than bridge'],
      api('one of another network than its mode says', 'POST', '/containers/create?name=c6', {
        body: {
          Image: 'busybox',
          Cmd: ['sleep', '600'],
          StopSignal: 'KILL',
          HostConfig: { NetworkMode: 'bridge' },
          NetworkingConfig: { EndpointsConfig: { two: {} } },
        },
      }),
      cli('that one runs', ['start', 'c6']),
      networksOf('of that one', 'c6'),
      cli('that one goes', ['rm', '-f', 'c6']),
    ),
    cli('gone', ['rm', '-f', 'c1', 'c2', 'c3', 'c4', 'c5'], { sort: true }),
    api('removed', 'DELETE', '/networks/two'),
    api('removed, and not there', 'DELETE', '/networks/two'),
    api('pruned', 'POST', '/networks/prune', {
      pick: (body: { NetworksDeleted: string[] }) =>
        body.NetworksDeleted.filter((name) => name !== 'x').toSorted(),
    }),
    api('nothing to prune', 'POST', '/networks/prune'),
    told('what is told of a network', [
      ['network', 'create', 'told'],
      ['create', '--name', 'e1', 'busybox', 'sleep', '600'],
      ['network', 'connect', 'told', 'e1'],
      ['network', 'disconnect', 'bridge', 'e1'],
      ['start', 'e1'],
      ['network', 'connect', 'bridge', 'e1'],
      ['network', 'disconnect', 'told', 'e1'],
      ['rm', '-f', 'e1'],
      ['network', 'rm', 'told'],
    ]),
  ],
};
