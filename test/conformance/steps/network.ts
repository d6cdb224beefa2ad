// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import { covering, api, cli, custom, newer, rewrite, withEndpointKeys, type StepGroup } from '../step.ts';

type Network = Readonly<Record<string, unknown>>;

function newerNetwork(oracle: Json): Json {
  return rewrite(oracle, (record) => {
    if ('EnableIPv6' in record) return { ...record, EnableIPv4: true };
    if ('Config' in record && Array.isArray(record['Config']) && record['Config'].length === 0)
      return { ...record, Config: null };
    return 'Subnet' in record ? { ...record, Gateway: '<address>' } : record;
  });
}

function without(network: Network): Network {
  const { Created: _, Options: _o, ...rest } = network;
  return rest;
}

/** The networks that are always there, and published ports. */
export const networkSteps: StepGroup = {
  noun: 'network',
  steps: [
    cli('listed', ['network', 'ls', '--format', '{{.Name}} {{.Driver}} {{.Scope}}'], { sort: true }),
    newer(
      api('bridge', 'GET', '/networks/bridge', { pick: without }),
      'IPv4 can be told of, the gateway of a pool is',
      newerNetwork,
    ),
    newer(
      api('host', 'GET', '/networks/host', { pick: without }),
      'IPv4 can be told of, the gateway of a pool is',
      newerNetwork,
    ),
    newer(
      api('none', 'GET', '/networks/none', { pick: without }),
      'IPv4 can be told of, the gateway of a pool is',
      newerNetwork,
    ),
    ...covering(
      'network: option bridge.default_bridge',
      api('the options of bridge', 'GET', '/networks/bridge', { pick: (body: Network) => body['Options'] }),
    ),
    api('nothing', 'GET', '/networks/nothing'),
    api('filtered by name', 'GET', `/networks?filters=${encodeURIComponent('{"name":["bridge"]}')}`, {
      pick: (body: Network[]) => body.map((network) => network['Name']),
    }),
    api('filtered by driver', 'GET', `/networks?filters=${encodeURIComponent('{"driver":["host"]}')}`, {
      pick: (body: Network[]) => body.map((network) => network['Name']),
    }),
    api('filtered by type', 'GET', `/networks?filters=${encodeURIComponent('{"type":["custom"]}')}`),
    cli('a predefined one can not be removed', ['network', 'rm', 'bridge']),
    cli('nothing can not be removed', ['network', 'rm', 'nothing']),
    cli('a web server', [
      'run',
      '-d',
      '--name',
      'web',
      '-p',
      '8080:80',
      '-p',
      '127.0.0.1:8081:80/tcp',
      '-p',
      '9999:99/udp',
      'busybox',
      'sh',
      '-c',
      'mkdir /www; echo served > /www/index.html; httpd -f -p 80 -h /www',
    ]),
    cli('its ports', ['port', 'web'], { sort: true }),
    cli('its ports in the list', ['ps', '--format', '{{.Ports}}'], {
      rules: [[/, (?=\S)/g, '\n']],
      sort: true,
    }),
    custom('reached by 127.0.0.1', async ({ engine }) => curl(engine.netns, 'http://127.0.0.1:8080/')),
    custom('reached by its other port', async ({ engine }) => curl(engine.netns, 'http://127.0.0.1:8081/')),
    custom('reached by the address of the bridge', async ({ engine }) =>
      curl(engine.netns, 'http://172.17.0.1:8080/'),
    ),
    custom('not reached where it is not published', async ({ engine }) =>
      curl(engine.netns, 'http://172.17.0.1:8081/'),
    ),
    cli('reached from another container', [
      'run',
      '--rm',
      'busybox',
      'wget',
      '-q',
      '-O',
      '-',
      'http://172.17.0.1:8080/',
    ]),
    cli('reached from itself', [
      'exec',
      'web',
      'wget',
      '-q',
      '-O',
      '-',
      '-T',
      '2',
      'http://172.17.0.1:8080/',
    ]),
    ...covering(
      'HostConfig.PortBindings',
      newer(
        cli('a port that is taken', ['run', '--rm', '--name', 'late', '-p', '8080:80', 'busybox', 'true']),
        'the text of 28',
        (oracle) =>
          JSON.parse(
            JSON.stringify(oracle).replace(
              'daemon: driver failed',
              'daemon: failed to set up container networking: driver failed',
            ),
          ),
      ),
    ),
    ...covering(
      'HostConfig.PortBindings',
      cli('an ephemeral port', ['run', '-d', '--name', 'eph', '-p', '80', 'busybox', 'sleep', '600']),
    ),
    custom('is shown', async ({ engine }) => {
      const { stdout } = await engine.docker(['port', 'eph', '80']);
      return stdout.replace(/:\d+\b/g, ':<port>');
    }),
    cli('a range', ['run', '-d', '--name', 'range', '-p', '7000-7002:7000-7002', 'busybox', 'sleep', '600']),
    ...covering('HostConfig.PortBindings', cli('is shown whole', ['port', 'range'], { sort: true })),
    cli('a range for one port', [
      'run',
      '-d',
      '--name',
      'pick',
      '-p',
      '7000-7005:80',
      'busybox',
      'sleep',
      '600',
    ]),
    ...covering('HostConfig.PortBindings', cli('takes the first free', ['port', 'pick'], { sort: true })),
    cli('exposed ports published', [
      'run',
      '-d',
      '-P',
      '--expose',
      '70',
      '--name',
      'all',
      'busybox',
      'sleep',
      '600',
    ]),
    ...covering(
      'HostConfig.PublishAllPorts',
      custom('are all published', async ({ engine }) => {
        const { stdout } = await engine.docker(['port', 'all']);
        return stdout.replace(/:\d+\b/g, ':<port>');
      }),
    ),
    cli(
      'containers of the bridge',
      ['network', 'inspect', 'bridge', '-f', '{{range .Containers}}{{.Name}}\n{{end}}'],
      { sort: true },
    ),
    cli('stopped', ['stop', '-t', '0', 'web']),
    cli('the port is free again', [
      'run',
      '-d',
      '--name',
      'heir',
      '-p',
      '8080:80',
      'busybox',
      'sleep',
      '600',
    ]),
    cli('and taken for the first', ['start', 'web'], {
      rules: [
        [/endpoint web .*?:/, 'endpoint web:'],
        [/failed to set up container networking: /, ''],
      ],
    }),
    ...covering(
      'inspect: NetworkSettings',
      cli('a stopped one has no address', [
        'inspect',
        '-f',
        '{{.NetworkSettings.IPAddress}}|{{.NetworkSettings.Networks.bridge.IPAddress}}',
        'web',
      ]),
    ),
    ...covering(
      'network: driver null',
      cli('network none', ['run', '--name', 'alone', '--network', 'none', 'busybox', 'ip', '-o', 'link'], {
        rules: [[/ .*/g, '']],
      }),
    ),
    cli('is told', ['inspect', '-f', '{{json .NetworkSettings.Networks}}', 'alone'], { json: true }),
    cli('network host', ['run', '-d', '--name', 'hosty', '--network', 'host', 'busybox', 'sleep', '600']),
    ...covering(
      'inspect: NetworkSettings',
      withEndpointKeys(
        api('is told too', 'GET', '/containers/hosty/json', {
          pick: (body: { NetworkSettings: { Networks: unknown; Ports: unknown } }) =>
            body.NetworkSettings.Networks,
        }),
      ),
    ),
    ...covering(
      ['Config.Hostname', 'network: driver host'],
      cli('and has the name of the host', ['exec', 'hosty', 'hostname']),
    ),
  ],
};

async function curl(
  netns: { run(command: readonly string[]): Promise<{ code: number; stdout: string }> },
  url: string,
) {
  const { code, stdout } = await netns.run(['curl', '-s', '-m', '3', url]);
  return { code, stdout };
}
