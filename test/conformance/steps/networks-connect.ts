// SPDX-License-Identifier: Apache-2.0
import { type StepGroup, alone, api, cli, covering, newer } from '../step.ts';
import {
  addressesIn,
  allRemoved,
  connectNetwork,
  createNetwork,
  disconnectNetwork,
  networksOf,
  removed,
  runIn,
  saidBy28,
  within,
} from './networks-asking.ts';

const network = (name: string, ...Config: readonly object[]) =>
  createNetwork(`the network ${name}`, {
    Name: name,
    EnableIPv6: Config.length > 1,
    IPAM: { Config },
  });

const made = (name: string, ...args: readonly string[]) =>
  cli(`${name} is made`, ['create', '--name', name, ...args, 'busybox', 'sleep', '600']);

/** Joining and leaving, of containers in every state. */
export const networkConnectSteps: StepGroup = {
  noun: 'network-connect',
  steps: [
    network('front', { Subnet: '10.70.0.0/24' }),
    network('back', { Subnet: '10.71.0.0/24' }),
    network('dual', { Subnet: '10.72.0.0/24' }, { Subnet: 'fd00:72::/64' }),
    made('c0', '--network', 'front', '--stop-signal', 'KILL'),
    ...covering(
      ['network: connect created', 'network: endpoint IPAMConfig', 'network: endpoint Aliases'],
      connectNetwork('one that was made', 'back', {
        Container: 'c0',
        EndpointConfig: { IPAMConfig: { IPv4Address: '10.71.0.50' }, Aliases: ['again', 'again'] },
      }),
      connectNetwork('and again', 'back', {
        Container: 'c0',
        EndpointConfig: { IPAMConfig: { IPv4Address: '10.71.0.51' } },
      }),
    ),
    ...covering('network: endpoint inspect created', networksOf('before its start', 'c0', addressesIn)),
    ...covering(
      'network: several networks at start',
      cli('it starts', ['start', 'c0']),
      networksOf('in both', 'c0', addressesIn),
      within('with two interfaces', 'c0', 'ls /sys/class/net | grep eth'),
    ),
    ...covering(
      'network: gateway of one network',
      runIn('c1', 'front'),
      within('the route of c1', 'c1', 'ip route show default'),
    ),
    ...covering(
      ['network: connect running', 'network: endpoint inspect running', 'network: endpoint interface names'],
      connectNetwork('c1 to one of both families', 'dual', {
        Container: 'c1',
        EndpointConfig: { IPAMConfig: { IPv4Address: '10.72.0.9', IPv6Address: 'fd00:72::9' } },
      }),
      networksOf('of c1 then', 'c1', addressesIn),
      within('its second interface', 'c1', 'ip -o addr show eth1 scope global | grep -o "inet6* [^ ]*"'),
    ),
    ...covering(
      ['network: connect static address', 'network: ipam static address taken'],
      saidBy28(
        connectNetwork('an address that is taken', 'dual', {
          Container: 'c0',
          EndpointConfig: { IPAMConfig: { IPv4Address: '10.72.0.9' } },
        }),
        403,
        'Address already in use',
      ),
    ),
    ...covering(
      ['network: connect static address', 'network: ipam static address elsewhere'],
      saidBy28(
        connectNetwork('an address of nowhere', 'dual', {
          Container: 'c0',
          EndpointConfig: { IPAMConfig: { IPv4Address: '10.99.0.9' } },
        }),
        400,
        'invalid endpoint settings:\nno configured subnet or ip-range contain the IP address 10.99.0.9',
      ),
      saidBy28(
        connectNetwork('two that are none', 'dual', {
          Container: 'c0',
          EndpointConfig: { IPAMConfig: { IPv4Address: 'zz', IPv6Address: '10.72.0.7' } },
        }),
        400,
        'invalid endpoint settings:\n* invalid IPv4 address: zz\n* invalid IPv6 address: 10.72.0.7\n* no configured subnet or ip-range contain the IP address zz\n* no configured subnet or ip-range contain the IP address 10.72.0.7',
      ),
    ),
    ...covering(
      [
        'network: ipam static IPv4',
        'network: ipam static IPv6',
        'network: interface peers',
        'network: connect again',
      ],
      runIn('c2', 'dual', '--ip', '10.72.0.77', '--ip6', 'fd00:72::77'),
      networksOf('of c2', 'c2', addressesIn),
      within('it reaches its neighbour', 'c2', 'ping -c 1 -W 5 -q 10.72.0.9 | grep -c "1 packets received"'),
      within('by IPv6, too', 'c2', 'ping -6 -c 1 -W 5 -q fd00:72::9 | grep -c "1 packets received"'),
    ),
    ...covering(
      'network: connect twice',
      saidBy28(
        connectNetwork('twice', 'dual', { Container: 'c1' }),
        403,
        'endpoint with name c1 already exists in network dual',
      ),
    ),
    ...covering(
      'network: connect unknown container',
      saidBy28(connectNetwork('nobody', 'dual', { Container: 'nobody' }), 404, 'No such container: nobody'),
    ),
    ...covering(
      'network: connect unknown network',
      connectNetwork('to nothing', 'nothing', { Container: 'c1' }),
    ),
    ...covering(
      'network: connect host',
      saidBy28(
        connectNetwork('to the host', 'host', { Container: 'c1' }),
        400,
        'cannot connect container to host network - container must be created in host network mode',
      ),
    ),
    ...covering('network: connect none', connectNetwork('to none', 'none', { Container: 'c1' })),
    ...covering(
      'network: connect shared',
      made('c3', '--network', 'container:c1'),
      saidBy28(
        connectNetwork('who shares', 'back', { Container: 'c3' }),
        400,
        'container sharing network namespace with another container or host cannot be connected to any other network',
      ),
    ),
    ...covering(
      'network: connect MacAddress',
      alone(
        api('a bad MAC address', 'POST', '/networks/back/connect', {
          body: { Container: 'c1', EndpointConfig: { MacAddress: 'zz' } },
          version: '1.44',
        }),
        'endpoints have MAC addresses since 1.44',
        { status: 400, type: 'application/json', body: { message: 'invalid MAC address zz' } },
      ),
    ),
    ...covering(
      ['network: disconnect running', 'network: gateway moves'],
      disconnectNetwork('c1 from its first', 'front', { Container: 'c1' }),
      networksOf('of c1 then again', 'c1', addressesIn),
      within('its interfaces', 'c1', 'ls /sys/class/net | grep eth'),
      within('its way out', 'c1', 'ip route show default'),
      within('its lines of hosts', 'c1', 'grep -c "10.70." /etc/hosts || true'),
    ),
    ...covering(
      'network: disconnect not connected',
      saidBy28(
        disconnectNetwork('from what it is not in', 'front', { Container: 'c1' }),
        500,
        'container <id> is not connected to network front',
      ),
      saidBy28(
        disconnectNetwork('one that was made from what it is not in', 'back', { Container: 'c3' }),
        500,
        'container <id> is not connected to the network back',
      ),
    ),
    ...covering(
      'network: disconnect unknown',
      saidBy28(
        disconnectNetwork('nobody', 'back', { Container: 'nobody' }),
        404,
        'No such container: nobody',
      ),
      disconnectNetwork('from nothing', 'nothing', { Container: 'c1' }),
    ),
    ...covering(
      'network: disconnect Force',
      disconnectNetwork('nobody by force', 'back', { Container: 'nobody', Force: true }),
      disconnectNetwork('c1 by force', 'dual', { Container: 'c1', Force: true }),
    ),
    ...covering(
      'network: disconnect the last one',
      networksOf('of c1 at last', 'c1', addressesIn),
      within('its interfaces at last', 'c1', 'ls /sys/class/net | grep -c eth || true'),
      cli('and it runs', ['inspect', '-f', '{{.State.Status}}', 'c1']),
    ),
    ...covering(
      [
        'network: connect stopped',
        'network: disconnect stopped',
        'pitfall: disconnect of a stopped container',
      ],
      cli('c2 stops', ['stop', '-t', '0', 'c2']),
      connectNetwork('c2 then', 'back', { Container: 'c2' }),
      connectNetwork('c2 then, twice', 'back', { Container: 'c2' }),
      disconnectNetwork('c2 from its first', 'dual', { Container: 'c2' }),
    ),
    ...covering('network: endpoint inspect stopped', networksOf('of c2, stopped', 'c2', addressesIn)),
    cli('c2 starts', ['start', 'c2']),
    networksOf('of c2, started', 'c2', addressesIn),
    ...covering(
      'network: disconnect host',
      runIn('c4', 'host'),
      newer(disconnectNetwork('from the host', 'host', { Container: 'c4' }), '28.5 says it in these words', {
        status: 400,
        body: {
          message:
            'cannot disconnect container from host network - container was created in host network mode',
        },
      }),
    ),
    ...covering(
      'network: disconnect none',
      runIn('c5', 'none'),
      disconnectNetwork('from none', 'none', { Container: 'c5' }),
      networksOf('of c5', 'c5', addressesIn),
    ),
    removed('c0', 'c1', 'c2', 'c3', 'c4', 'c5'),
    allRemoved,
  ],
};
