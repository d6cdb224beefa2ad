// SPDX-License-Identifier: Apache-2.0
import type { Json } from '../mask.ts';
import { type Step, type StepGroup, api, cli, covering, custom, newer, reworded } from '../step.ts';

const SLEEP = ['busybox', 'sleep', '600'] as const;
const SERVER = [
  'busybox',
  'sh',
  '-c',
  'mkdir /www; echo served > /www/index.html; httpd -f -p 80 -h /www',
] as const;

const run = (name: string, ...args: readonly string[]): Step =>
  cli(`${name} runs`, ['run', '-d', '--name', name, ...args]);

/** A start that fails, as 28 begins its text. */
const fails = (name: string, args: readonly string[], from = '', to = ''): Step =>
  reworded(
    reworded(
      cli(name, ['run', '--rm', '--name', 'late', ...args, 'busybox', 'true']),
      'daemon: driver failed',
      'daemon: failed to set up container networking: driver failed',
    ),
    from,
    to,
  );

const portsOf = (name: string, container: string): Step =>
  api(name, 'GET', `/containers/${container}/json`, {
    pick: (body: { NetworkSettings: { Ports: unknown } }) => body.NetworkSettings.Ports,
  });

const fetched = (name: string, url: string): Step =>
  custom(name, async ({ engine }) => {
    const { code, stdout } = await engine.netns.run(['curl', '-s', '-m', '5', url]);
    return { code, stdout };
  });

const inside = (name: string, container: string, url: string): Step =>
  cli(name, ['exec', container, 'wget', '-q', '-O', '-', '-T', '5', url]);

/** The host port that a container's port 80 has. */
const hostPort = async (
  docker: (args: readonly string[]) => Promise<{ stdout: string }>,
  name: string,
): Promise<number> => Number(/:(\d+)/.exec((await docker(['port', name, '80'])).stdout)?.[1]);

const create = (name: string, body: object): Step =>
  api(name, 'POST', '/containers/create', { body: { Image: 'busybox', ...body } });

/** 20.10 tells what its proxy could not do, 28 what bind(2) said. */
const bound = (step: Step, from: RegExp, to: string): Step =>
  newer(
    step,
    'the text of 28',
    (oracle: Json) => JSON.parse(JSON.stringify(oracle).replace(from, to)) as Json,
  );

/** Published ports: which forms there are, what is told of them, and who reaches what. */
export const portSteps: StepGroup = {
  noun: 'ports',
  steps: [
    ...covering(
      ['network: port fixed', 'HostConfig.PortBindings'],
      run('fixed', '-p', '8080:80', '-p', '8443:443/tcp', '-p', '5353:53/udp', '--expose', '99', ...SERVER),
    ),
    ...covering('network: port protocols', cli('of both protocols', ['port', 'fixed'], { sort: true })),
    ...covering(
      'network: port inspect',
      portsOf('bindings of both families, and none of one that is exposed', 'fixed'),
    ),
    ...covering(
      'network: port list',
      api('in the list', 'GET', '/containers/json', {
        pick: (body: { Ports: object[] }[]) =>
          body
            .flatMap(({ Ports }) => Ports.map((port) => JSON.stringify(port, Object.keys(port).toSorted())))
            .toSorted(),
      }),
    ),
    ...covering(
      'network: port from localhost',
      fetched('reached by 127.0.0.1', 'http://127.0.0.1:8080/'),
      fetched('reached by the bridge', 'http://172.17.0.1:8080/'),
    ),
    ...covering('network: port IPv6 to IPv4', fetched('reached by ::1', 'http://[::1]:8080/')),
    ...covering('network: port hairpin', inside('reached by itself', 'fixed', 'http://172.17.0.1:8080/')),
    ...covering(
      'network: port taken by a container',
      fails('a port that a container has', ['-p', '8080:80']),
      bound(
        fails('at one address', ['-p', '127.0.0.1:8080:80']),
        /Error starting userland proxy: listen tcp4 127.0.0.1:8080: bind: address already in use/,
        'Bind for 0.0.0.0:8080 failed: port is already allocated',
      ),
      fails('the other protocol is free', ['-p', '8080:80/udp']),
    ),
    ...covering(
      'network: port host address',
      run('narrow', '-p', '127.0.0.1:8100:80', '-p', '[::1]:8101:80', ...SERVER),
      cli('an address of either family', ['port', 'narrow'], { sort: true }),
      fetched('its own', 'http://127.0.0.1:8100/'),
      fetched('its own of IPv6', 'http://[::1]:8101/'),
      fetched('no other', 'http://172.17.0.1:8100/'),
    ),
    ...covering(
      'network: port host address of nobody',
      bound(
        fails('an address of nobody', ['-p', '203.0.113.9:8110:80']),
        /Error starting userland proxy: listen tcp4 203.0.113.9:8110: bind: cannot assign requested address/,
        'failed to bind host port for 203.0.113.9:8110:<address>:80/tcp: cannot assign requested address',
      ),
    ),
    ...covering(
      'network: port ephemeral',
      custom('ephemeral ports differ, and a restart takes another one', async ({ engine }) => {
        for (const name of ['eph1', 'eph2'])
          await engine.docker(['run', '-d', '--name', name, '-p', '80', ...SLEEP]);
        const docker = async (args: readonly string[]) => engine.docker(args);
        const [one, two] = [await hostPort(docker, 'eph1'), await hostPort(docker, 'eph2')];
        await engine.docker(['restart', '-t', '0', 'eph1']);
        const again = await hostPort(docker, 'eph1');
        return { next: two - one, after: again - two };
      }),
    ),
    ...covering(
      'network: port range',
      run('pick1', '-p', '8200-8201:80', ...SLEEP),
      run('pick2', '-p', '8200-8201:80', ...SLEEP),
      cli('the first free one', ['port', 'pick2'], { sort: true }),
      fails('used up', ['-p', '8200-8201:80']),
      run('range', '-p', '8210-8214:10-14', ...SLEEP),
      cli('port by port', ['port', 'range'], { sort: true }),
      fails('a range that meets another', ['-p', '8214-8216:80-82']),
      cli('what failed has kept nothing', ['run', '--rm', '-p', '8215:80', 'busybox', 'true']),
      cli('ranges of other lengths', ['run', '--rm', '-p', '8220-8222:80-81', 'busybox', 'true']),
    ),
    ...covering(
      'network: port all',
      cli('all that is exposed', [
        'run',
        '-d',
        '-P',
        '--expose',
        '70',
        '--expose',
        '71/udp',
        '--name',
        'all',
        ...SLEEP,
      ]),
      custom('each has one', async ({ engine }) =>
        (await engine.docker(['port', 'all'])).stdout
          .replace(/:\d+\b/g, ':<port>')
          .split('\n')
          .toSorted(),
      ),
    ),
    ...covering(
      'network: port taken by a process',
      bound(
        custom('a port that a process has', async ({ engine }) => {
          const server = "require('net').createServer().listen(8300, '0.0.0.0', () => console.log('up'))";
          const held = engine.netns.run(['timeout', '8', process.execPath, '-e', server]);
          await engine.netns.run([
            'sh',
            '-c',
            'for i in $(seq 50); do ss -ltn | grep -q :8300 && exit; sleep 0.1; done',
          ]);
          const { code, stderr } = await engine.docker(['run', '--rm', '-p', '8300:80', 'busybox', 'true']);
          await held;
          return { code, text: /(Error starting userland proxy|failed to bind).*/.exec(stderr)?.[0] };
        }),
        /Error starting userland proxy: listen tcp4 0.0.0.0:8300: bind: address already in use\.?/,
        'failed to bind host port for 0.0.0.0:8300:<address>:80/tcp: address already in use',
      ),
    ),
    ...covering(
      'network: port not a number',
      create('a host port that is none', {
        ExposedPorts: { '80/tcp': {} },
        HostConfig: { PortBindings: { '80/tcp': [{ HostPort: 'foo' }] } },
      }),
      create('a port that is none', { HostConfig: { PortBindings: { 'foo/tcp': [{ HostPort: '80' }] } } }),
      create('a range the wrong way round', {
        HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '90-80' }] } },
      }),
    ),
    ...covering(
      'network: port inspect',
      create('a port that is not exposed', {}),
      api('published without being exposed', 'POST', '/containers/create?name=hidden', {
        body: {
          Image: 'busybox',
          Cmd: ['sleep', '600'],
          HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8400' }] } },
        },
      }),
      api('starts', 'POST', '/containers/hidden/start'),
      portsOf('is as it was', 'hidden'),
      cli('a container stops', ['stop', '-t', '0', 'range']),
      portsOf('a stopped one has none', 'range'),
      api('the ports that are wanted stay', 'GET', '/containers/range/json', {
        pick: (body: { HostConfig: { PortBindings: unknown } }) => body.HostConfig.PortBindings,
      }),
    ),
    ...covering(
      'network: port internal, host and none',
      cli('an internal network', ['network', 'create', '--internal', 'inner']),
      run('internal', '--network', 'inner', '-p', '8500:80', ...SLEEP),
      portsOf('none of an internal network', 'internal'),
      run('lonely', '--network', 'none', '-p', '8501:80', ...SLEEP),
      portsOf('none without a network', 'lonely'),
      run('hosty', '--network', 'host', '-p', '8502:80', ...SLEEP),
      portsOf("none of the host's", 'hosty'),
      cli('they go', ['rm', '-f', 'internal']),
      cli('and so does their network', ['network', 'rm', 'inner']),
    ),
    ...covering(
      'network: port moves',
      cli('one network', ['network', 'create', 'way1']),
      cli('another network', ['network', 'create', 'way2']),
      run('mover', '--network', 'way1', '-p', '8600:80', ...SERVER),
      cli('it joins the other one', ['network', 'connect', 'way2', 'mover']),
      cli('and leaves the first', ['network', 'disconnect', 'way1', 'mover']),
      fetched('its port is still reached', 'http://127.0.0.1:8600/'),
      portsOf('and shown', 'mover'),
      cli('it goes', ['rm', '-f', 'mover']),
      cli('with its networks', ['network', 'rm', 'way1', 'way2']),
    ),
  ],
};
