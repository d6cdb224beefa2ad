// SPDX-License-Identifier: Apache-2.0
import { type StepGroup, alone, api, covering, custom, newer } from '../step.ts';
import {
  allRemoved,
  createNetwork,
  inspectNetwork,
  refusedNetwork,
  removed,
  runIn,
  within,
} from './networks-asking.ts';

const BRIDGE = 'com.docker.network.bridge';

const pool = (...Config: readonly object[]): object => ({ IPAM: { Config } });

/** A pool that is wrong, and what 28.5 says of it behind `invalid network config:`. */
const wrong = (name: string, config: object, message: string) =>
  covering(
    'network: create errors of IPAM',
    refusedNetwork(name, { Name: 'x', ...pool(config) }, 400, `invalid network config:\n${message}`),
  );

const option = (key: string, value: string, message: string) =>
  covering(
    'network: option values that are none',
    refusedNetwork(`${key} that is none`, { Name: 'x', Options: { [key]: value } }, 400, message),
  );

/** What networks are made with, and what is refused. */
export const networkCreateSteps: StepGroup = {
  noun: 'network-create',
  steps: [
    ...covering('network: create Name', createNetwork('a name with blanks', { Name: 'a name / of two' })),
    ...covering('network: create Name', inspectNetwork('that is kept', 'a%20name%20%2F%20of%20two')),
    api('and removed', 'DELETE', '/networks/a%20name%20%2F%20of%20two'),
    ...covering(
      'network: create Name',
      refusedNetwork('without a name', { Name: '' }, 400, 'invalid name: name is empty'),
    ),
    ...covering(
      [
        'network: create Labels',
        'network: create Options',
        'network: create Attachable',
        'pitfall: network labels',
      ],
      createNetwork('with labels and options', {
        Name: 'one',
        CheckDuplicate: true,
        Attachable: true,
        Labels: { 'com.example.a': 'b', empty: '' },
        Options: { 'any.option': 'thing' },
        ...pool({ Subnet: '10.60.0.0/24' }),
      }),
      inspectNetwork('what it is', 'one'),
    ),
    ...covering(
      ['network: create Name twice', 'network: create CheckDuplicate'],
      refusedNetwork('the name again', { Name: 'one' }, 409, 'network with name one already exists'),
    ),
    ...covering(
      'network: create Name predefined',
      ...['bridge', 'host', 'none', 'default'].map((name) =>
        refusedNetwork(
          `a network called ${name}`,
          { Name: name },
          403,
          `operation is not permitted on predefined ${name} network `,
        ),
      ),
    ),
    ...covering(
      'network: create Driver',
      // dockerd retries for 15 seconds.
      alone(
        createNetwork('of an unknown driver', { Name: 'x', Driver: 'nobody' }),
        'dockerd takes 15 seconds',
        {
          status: 404,
          type: 'application/json',
          body: { message: 'plugin "nobody" not found' },
        },
      ),
      createNetwork('of the driver bridge', {
        Name: 'b',
        Driver: 'bridge',
        ...pool({ Subnet: '10.60.1.0/24' }),
      }),
      api('and that one removed', 'DELETE', '/networks/b'),
    ),
    ...covering(
      'network: create Driver host and null',
      ...['host', 'null'].map((driver) =>
        refusedNetwork(
          `another one of ${driver}`,
          { Name: 'x', Driver: driver },
          403,
          `only one instance of "${driver}" network is allowed`,
        ),
      ),
    ),
    ...covering(
      'network: create Driver overlay',
      refusedNetwork(
        'an overlay without a swarm',
        { Name: 'x', Driver: 'overlay' },
        403,
        'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
      ),
    ),
    ...covering(
      'network: create Scope',
      refusedNetwork(
        'of a swarm',
        { Name: 'x', Scope: 'swarm' },
        403,
        'cannot create a swarm scoped network when swarm is not active',
      ),
    ),
    ...covering(
      'network: create Ingress',
      refusedNetwork(
        'an ingress',
        { Name: 'x', Ingress: true },
        403,
        'Ingress network can only be global scope network',
      ),
    ),
    ...covering(
      'network: create Internal',
      createNetwork('an internal one', {
        Name: 'inner',
        Internal: true,
        ...pool({ Subnet: '10.60.2.0/24' }),
      }),
      inspectNetwork('which tells it', 'inner'),
      runIn('in1', 'inner'),
      newer(within('no way leads out', 'in1', 'ip route'), 'an internal network leads nowhere', {
        stdout: '10.60.2.0/24 dev eth0 scope link src 10.60.2.2',
      }),
      removed('in1'),
    ),
    ...covering(
      ['network: create EnableIPv6', 'network: ipam Subnet'],
      createNetwork('of both families', {
        Name: 'dual',
        EnableIPv6: true,
        ...pool({ Subnet: '10.60.3.0/24' }, { Subnet: 'fd00:60::/64', Gateway: 'fd00:60::9' }),
      }),
      inspectNetwork('which tells both', 'dual'),
    ),
    ...covering(
      'network: create IPv6 subnet without EnableIPv6',
      newer(
        createNetwork('an IPv6 subnet alone', { Name: 'unused6', ...pool({ Subnet: 'fd00:61::/64' }) }),
        '20.10 takes it for one of IPv4',
        { status: 201 },
      ),
    ),
    ...covering(
      ['network: create EnableIPv4 and EnableIPv6'],
      alone(
        createNetwork(
          'of no family',
          { Name: 'x', EnableIPv4: false, EnableIPv6: false },
          { version: '1.51' },
        ),
        'IPv4 can be done without since 1.48',
        {
          status: 400,
          type: 'application/json',
          body: { message: 'IPv4 or IPv6 must be enabled' },
        },
      ),
    ),
    ...covering(
      'network: create overlap',
      refusedNetwork(
        'an overlap',
        { Name: 'x', ...pool({ Subnet: '10.60.0.128/25' }) },
        403,
        'invalid pool request: Pool overlaps with other one on this address space',
      ),
    ),
    ...covering(
      'network: create two subnets',
      refusedNetwork(
        'two IPv4 subnets',
        { Name: 'x', ...pool({ Subnet: '10.62.0.0/24' }, { Subnet: '10.63.0.0/24' }) },
        403,
        "bridge driver doesn't support multiple subnets",
      ),
    ),
    ...covering(
      ['network: create same bridge name', 'network: option bridge.name'],
      createNetwork('with a device of its own', {
        Name: 'named',
        Options: { [`${BRIDGE}.name`]: 'bt-named' },
        ...pool({ Subnet: '10.60.4.0/24' }),
      }),
      custom('the device', async ({ engine }) => {
        const { stdout } = await engine.netns.run(['ip', '-o', '-4', 'addr', 'show', 'bt-named']);
        return /inet (\S+)/.exec(stdout)?.[1] ?? stdout;
      }),
      newer(
        createNetwork('with the same one', {
          Name: 'x',
          Options: { [`${BRIDGE}.name`]: 'bt-named' },
          ...pool({ Subnet: '10.60.5.0/24' }),
        }),
        'the text of 28.5',
        {
          status: 403,
          body: {
            message:
              'cannot create network <id> (bt-named): conflicts with network <id> (bt-named): networks have same bridge name',
          },
        },
      ),
      refusedNetwork(
        'with a name of 16 letters',
        { Name: 'x', Options: { [`${BRIDGE}.name`]: 'a'.repeat(16) } },
        500,
        'numerical result out of range',
      ),
    ),
    ...covering(
      'network: create gateway is the network address',
      refusedNetwork(
        'a gateway that is the network',
        { Name: 'x', ...pool({ Subnet: '10.62.0.0/24', Gateway: '10.62.0.0' }) },
        500,
        'failed to allocate gateway (10.62.0.0): Address already in use',
      ),
    ),
    ...wrong(
      'host bits',
      { Subnet: '10.62.1.3/24' },
      'invalid subnet 10.62.1.3/24: it should be 10.62.1.0/24',
    ),
    ...wrong('a subnet that is none', { Subnet: 'zz' }, 'invalid subnet zz: invalid CIDR block notation'),
    ...wrong('a gateway alone', { Gateway: '10.62.0.1' }, 'invalid subnet : invalid CIDR block notation'),
    ...wrong(
      'a range with host bits',
      { Subnet: '10.62.0.0/16', IPRange: '10.62.1.3/24' },
      'invalid ip-range 10.62.1.3/24: it should be 10.62.1.0/24',
    ),
    ...wrong(
      'a range that is too large',
      { Subnet: '10.62.0.0/16', IPRange: '10.0.0.0/8' },
      "* invalid ip-range 10.0.0.0/8: CIDR block is bigger than its parent subnet 10.62.0.0/16\n* invalid ip-range 10.0.0.0/8: parent subnet 10.62.0.0/16 doesn't contain ip-range",
    ),
    ...wrong(
      'a range elsewhere',
      { Subnet: '10.62.0.0/16', IPRange: '10.63.1.0/24' },
      "invalid ip-range 10.63.1.0/24: parent subnet 10.62.0.0/16 doesn't contain ip-range",
    ),
    ...wrong(
      'a range of the other family',
      { Subnet: '10.62.0.0/16', IPRange: 'fd00::/80' },
      'invalid ip-range fd00::/80: parent subnet is an IPv4 block',
    ),
    ...wrong(
      'a gateway that is none',
      { Subnet: '10.62.0.0/16', Gateway: 'zz' },
      'invalid gateway zz: invalid address',
    ),
    ...wrong(
      'a gateway of the other family',
      { Subnet: '10.62.0.0/16', Gateway: 'fd00::1' },
      'invalid gateway fd00::1: parent subnet is an IPv4 block',
    ),
    ...wrong(
      'an auxiliary address that is none',
      { Subnet: '10.62.0.0/16', AuxiliaryAddresses: { printer: 'zz' } },
      'invalid auxiliary address printer: invalid address',
    ),
    ...wrong(
      'an auxiliary address elsewhere',
      { Subnet: '10.62.0.0/16', AuxiliaryAddresses: { printer: '10.63.0.1' } },
      "invalid auxiliary address printer: parent subnet 10.62.0.0/16 doesn't contain this address",
    ),
    ...wrong(
      'several errors',
      { Subnet: '10.62.0.0/16', IPRange: '10.63.1.0/24', Gateway: '10.64.0.1' },
      "* invalid ip-range 10.63.1.0/24: parent subnet 10.62.0.0/16 doesn't contain ip-range\n* invalid gateway 10.64.0.1: parent subnet 10.62.0.0/16 doesn't contain this address",
    ),
    ...option(
      'com.docker.network.driver.mtu',
      'foo',
      'failed to parse com.docker.network.driver.mtu value: foo (strconv.Atoi: parsing "foo": invalid syntax)',
    ),
    ...option(
      `${BRIDGE}.enable_icc`,
      'foo',
      `failed to parse ${BRIDGE}.enable_icc value: foo (strconv.ParseBool: parsing "foo": invalid syntax)`,
    ),
    ...option(
      `${BRIDGE}.enable_ip_masquerade`,
      'foo',
      `failed to parse ${BRIDGE}.enable_ip_masquerade value: foo (strconv.ParseBool: parsing "foo": invalid syntax)`,
    ),
    ...option(
      `${BRIDGE}.host_binding_ipv4`,
      'foo',
      `failed to parse ${BRIDGE}.host_binding_ipv4 value: foo (nil ip)`,
    ),
    ...option(
      `${BRIDGE}.gateway_mode_ipv4`,
      'foo',
      `failed to parse ${BRIDGE}.gateway_mode_ipv4 value: foo (unknown gateway mode foo)`,
    ),
    ...option(
      'com.docker.network.enable_ipv6',
      'foo',
      'driver-opt "com.docker.network.enable_ipv6" is not a valid bool',
    ),
    ...covering(
      'network: option driver.mtu',
      refusedNetwork(
        'a negative MTU',
        { Name: 'x', Options: { 'com.docker.network.driver.mtu': '-1' } },
        400,
        'invalid MTU number: -1',
      ),
      createNetwork('an MTU', {
        Name: 'small',
        Options: { 'com.docker.network.driver.mtu': '1400' },
        ...pool({ Subnet: '10.60.6.0/24' }),
      }),
      runIn('mtu1', 'small'),
      within('of its interface', 'mtu1', 'cat /sys/class/net/eth0/mtu'),
      removed('mtu1'),
    ),
    ...covering(
      'network: option container_iface_prefix',
      createNetwork('a prefix of interfaces', {
        Name: 'prefixed',
        Options: { 'com.docker.network.container_iface_prefix': 'lan' },
        ...pool({ Subnet: '10.60.7.0/24' }),
      }),
      runIn('pre1', 'prefixed'),
      within('of its interface', 'pre1', 'ls /sys/class/net | grep -E "lan|eth"'),
      removed('pre1'),
    ),
    ...covering(
      'network: create IPAM.Driver unknown',
      alone(
        createNetwork('of an unknown IPAM driver', { Name: 'x', IPAM: { Driver: 'nobody' } }),
        'dockerd takes 15 seconds',
        { status: 404, type: 'application/json', body: { message: 'plugin "nobody" not found' } },
      ),
    ),
    ...covering(
      'network: create IPAM.Driver null',
      refusedNetwork(
        'of the IPAM driver null',
        { Name: 'x', IPAM: { Driver: 'null' } },
        400,
        'ipv4 pool is empty',
      ),
    ),
    ...covering(
      'network: create IPAM.Options',
      createNetwork('with options of IPAM', {
        Name: 'ipam',
        IPAM: { Driver: 'default', Options: { a: 'b' }, Config: [{ Subnet: '10.60.8.0/24' }] },
      }),
      inspectNetwork('which are told', 'ipam'),
    ),
    allRemoved,
  ],
};
