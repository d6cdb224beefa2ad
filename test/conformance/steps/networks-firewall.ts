// SPDX-License-Identifier: Apache-2.0
import { type Step, type StepGroup, covering } from '../step.ts';
import { allRemoved, createNetwork, removed, runIn, within } from './networks-asking.ts';

const network = (name: string, number: number, more: object = {}): Step =>
  createNetwork(`the network ${name}`, {
    Name: name,
    IPAM: { Config: [{ Subnet: `10.8${number}.0.0/24` }] },
    ...more,
  });

/** A container with a server on port 80. */
const server = (name: string, net: string, address: string): readonly Step[] => [
  runIn(name, net, '--ip', address),
  within(
    `${name} serves`,
    name,
    'mkdir /www; echo hello > /www/index.html; httpd -p 80 -h /www; echo served',
  ),
];

const asks = (name: string, container: string, address: string): Step =>
  within(name, container, `wget -q -O - -T 2 http://${address}/ 2> /dev/null || echo silence`);

/** Who reaches whom, as containers see it. */
export const networkFirewallSteps: StepGroup = {
  noun: 'network-firewall',
  steps: [
    network('one', 0),
    network('two', 1),
    network('closed', 2, { Internal: true }),
    network('apart', 3, { Options: { 'com.docker.network.bridge.enable_icc': 'false' } }),
    ...server('one-server', 'one', '10.80.0.10'),
    ...server('closed-server', 'closed', '10.82.0.10'),
    ...server('apart-server', 'apart', '10.83.0.10'),
    runIn('one-client', 'one'),
    runIn('two-client', 'two'),
    runIn('closed-client', 'closed'),
    runIn('apart-client', 'apart'),
    ...covering(
      'network: firewall between bridges',
      asks('a neighbour answers', 'one-client', '10.80.0.10'),
      asks('one of another network does not', 'two-client', '10.80.0.10'),
    ),
    ...covering(
      'network: firewall internal',
      asks('a neighbour in an internal network answers', 'closed-client', '10.82.0.10'),
      asks('nothing leaves it', 'closed-client', '10.80.0.10'),
      asks('nothing comes into it', 'one-client', '10.82.0.10'),
    ),
    ...covering(
      ['network: firewall icc', 'network: option bridge.enable_icc'],
      asks('without icc a neighbour does not answer', 'apart-client', '10.83.0.10'),
    ),
    removed(
      'one-server',
      'closed-server',
      'apart-server',
      'one-client',
      'two-client',
      'closed-client',
      'apart-client',
    ),
    allRemoved,
  ],
};
