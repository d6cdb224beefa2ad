// SPDX-License-Identifier: Apache-2.0
import { alone, cli, newer, reworded, type Step, type StepGroup } from '../step.ts';
import { failing, told, tried, type Body } from './tried.ts';

const mode = (rule: string, body: Body): Step => told(rule, body, { covers: [`rule: network ${rule}`] });

const INVALID = 'invalid config for network bridge: invalid endpoint settings:\n';

/** 400 with these words. */
const bad = (step: Step, message: string): Step =>
  newer(step, 'the text of 28.5', () => ({ status: 400, message }));

const endpoint = (settings: object, network = 'bridge'): Body => ({
  NetworkingConfig: { EndpointsConfig: { [network]: settings } },
});

const joined = (rule: string, body: Body, host: object = {}): Step =>
  mode(rule, { ...body, HostConfig: { NetworkMode: 'container:donor', ...host } });

/** What does not go together with a mode of the network. */
export const modeSteps: StepGroup = {
  noun: 'modes',
  steps: [
    cli('a container whose network is joined', ['create', '--name', 'donor', 'busybox', 'sleep', '600']),
    joined('container: + hostname', { Hostname: 'h' }),
    joined('container: + links', {}, { Links: ['donor:x'] }),
    joined('container: + dns', {}, { Dns: ['9.9.9.9'] }),
    joined('container: + extra hosts', {}, { ExtraHosts: ['a:1.2.3.4'] }),
    joined('container: + ports', {}, { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } }),
    joined('container: + ports', {}, { PublishAllPorts: true }),
    joined('container: + expose', { ExposedPorts: { '80/tcp': {} } }),
    reworded(mode('container: empty', { HostConfig: { NetworkMode: 'container:' } }), 'Invalid', 'invalid'),
    mode('host + links', { HostConfig: { NetworkMode: 'host', Links: ['donor:x'] } }),
    bad(
      mode('static address on a predefined network', endpoint({ IPAMConfig: { IPv4Address: '172.17.0.9' } })),
      `${INVALID}user specified IP address is supported on user defined networks only`,
    ),
    bad(
      mode('alias on a predefined network', endpoint({ Aliases: ['x'] })),
      `${INVALID}network-scoped alias is supported only for containers in user defined networks`,
    ),
    bad(
      mode('static address that is none', endpoint({ IPAMConfig: { IPv4Address: 'zz' } })),
      `${INVALID}* user specified IP address is supported on user defined networks only\n* invalid IPv4 address: zz`,
    ),
    bad(
      mode('several errors', endpoint({ IPAMConfig: { IPv4Address: '172.17.0.9' }, Aliases: ['x'] })),
      `${INVALID}* user specified IP address is supported on user defined networks only\n` +
        '* network-scoped alias is supported only for containers in user defined networks',
    ),
    bad(
      told('bad MAC address', endpoint({ MacAddress: 'zz' }), {
        covers: ['rule: network bad MAC address'],
        version: '1.44',
      }),
      'invalid config for network bridge: invalid MAC address zz',
    ),

    failing(
      tried(
        'a network of one that does not run',
        { HostConfig: { NetworkMode: 'container:donor' } },
        { covers: ['rule: network container: stopped'] },
      ),
      409,
      'cannot join network namespace of a non running container: container donor is created',
    ),
    alone(
      told(
        'host + ports',
        {
          ExposedPorts: { '80/tcp': {} },
          HostConfig: { NetworkMode: 'host', PortBindings: { '80/tcp': [{ HostPort: '80' }] } },
        },
        { covers: ['HostConfig: warnings'] },
      ),
      'the warning is of 28',
      {
        status: 201,
        Warnings: ['Published ports are discarded when using host network mode'],
        Config: { ExposedPorts: { '80/tcp': {} } },
        HostConfig: { NetworkMode: 'host', PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '80' }] } },
      },
    ),
  ],
};
