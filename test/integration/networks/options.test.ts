// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const BRIDGE = 'com.docker.network.bridge';

type Fields = Readonly<Record<string, unknown>>;

interface NetworkBody extends Fields {
  readonly Id: string;
  readonly IPAM: { readonly Config: readonly Readonly<Record<string, string>>[] | null };
}

describe('options of networks that dockerd 20.10 has not, or that are seen on the host', () => {
  const engine = useEngine({
    flags: [
      '--live-restore',
      '--default-network-opt=bridge=label.of.mine=1',
      '--mtu=1420',
      '--host-gateway-ip=192.0.2.7',
      '--dns=192.0.2.53',
      '--dns-search=example.test',
      '--dns-opt=ndots:3',
    ],
  });
  const create = async (name: string, body: Fields = {}, status = 201): Promise<string> => {
    const answer = await engine().request('POST', '/v1.51/networks/create', {
      body: { Name: name, ...body },
    });
    assert.equal(answer.status, status, answer.text);
    return (answer.json as { readonly message?: string }).message ?? '';
  };
  const inspect = async (name: string): Promise<NetworkBody> =>
    (await engine().request('GET', `/v1.51/networks/${name}`)).json as NetworkBody;
  const run = async (network: string, name: string, ...args: readonly string[]): Promise<string> =>
    docker(engine(), [
      ...`run -d --name ${name} --network ${network} --stop-signal KILL`.split(' '),
      ...args,
      'busybox',
      'sleep',
      '600',
    ]);
  const inside = async (name: string, script: string, code = 0): Promise<string> =>
    docker(engine(), ['exec', name, 'sh', '-c', script], code);
  const endpoint = async (container: string, network: string): Promise<Fields> => {
    const { json } = await engine().request('GET', `/v1.51/containers/${container}/json`);
    const body = json as {
      readonly NetworkSettings: { readonly Networks: Readonly<Record<string, Fields>> };
    };
    return body.NetworkSettings.Networks[network] ?? assert.fail(network);
  };
  const onHost = async (...command: readonly string[]): Promise<string> =>
    (await engine().netns.run(command)).stdout;
  const clear = async (containers: readonly string[], networks: readonly string[]): Promise<void> => {
    if (containers.length > 0) await docker(engine(), ['rm', '-f', ...containers]);
    await docker(engine(), ['network', 'rm', ...networks]);
  };

  it('a network of IPv6 alone: its containers have no IPv4 address, reach each other and their gateway', async () => {
    await create('six', { EnableIPv4: false, EnableIPv6: true });
    const { EnableIPv4, EnableIPv6, IPAM } = await inspect('six');
    assert.deepEqual([EnableIPv4, EnableIPv6, IPAM.Config?.length], [false, true, 1]);
    const gateway = IPAM.Config?.[0]?.['Gateway'] ?? '';
    assert.match(gateway, /^fd.*::1$/);
    await run('six', 'six-one');
    await run('six', 'six-two');
    const one = await endpoint('six-one', 'six');
    assert.deepEqual([one['IPAddress'], one['IPPrefixLen'], one['Gateway']], ['', 0, '']);
    assert.deepEqual([one['GlobalIPv6PrefixLen'], one['IPv6Gateway']], [64, gateway]);
    assert.doesNotMatch(await inside('six-one', 'ip -4 -o addr show dev eth0; ip -4 route'), /./);
    assert.match(await inside('six-one', 'ip -6 route'), new RegExp(`default via ${gateway} dev eth0`));
    await inside('six-two', `ping -6 -c 1 -W 5 ${String(one['GlobalIPv6Address'])}`);
    await inside('six-two', `ping -6 -c 1 -W 5 ${gateway}`);
    assert.match(await inside('six-one', 'cat /etc/hosts'), /^fd\S+\t/m);
    assert.match(await inside('six-two', 'nslookup six-one 127.0.0.11'), /Address:\s+fd/);
    await clear(['six-one', 'six-two'], ['six']);
    assert.equal(
      await create('neither', { EnableIPv4: false, EnableIPv6: false }, 400),
      'IPv4 or IPv6 must be enabled',
    );
    // Clients below 1.48 do not know the field.
    const old = { Name: 'old', EnableIPv4: false, EnableIPv6: true };
    assert.equal((await engine().request('POST', '/v1.47/networks/create', { body: old })).status, 201);
    assert.equal((await inspect('old'))['EnableIPv4'], true);
    await clear([], ['old']);
  });

  it('options in the place of the fields: enable_ipv4 and enable_ipv6', async () => {
    const key = 'com.docker.network.enable_ipv';
    await create('six', { Options: { [`${key}4`]: 'false', [`${key}6`]: 'true' } });
    const { EnableIPv4, EnableIPv6 } = await inspect('six');
    assert.deepEqual([EnableIPv4, EnableIPv6], [false, true]);
    assert.equal(
      await create('bad', { Options: { [`${key}6`]: 'foo' } }, 400),
      `driver-opt "${key}6" is not a valid bool`,
    );
    await clear([], ['six']);
  });

  it('an isolated network has no gateway, and its bridge no address', async () => {
    const Options = { [`${BRIDGE}.gateway_mode_ipv4`]: 'isolated' };
    await create('cut', { Internal: true, Options });
    const { Id, IPAM } = await inspect('cut');
    assert.deepEqual(Object.keys(IPAM.Config?.[0] ?? {}), ['Subnet']);
    assert.doesNotMatch(await onHost('ip', '-4', '-o', 'addr', 'show', `br-${Id.slice(0, 12)}`), /inet/);
    await run('cut', 'cut-one');
    await run('cut', 'cut-two');
    const one = await endpoint('cut-one', 'cut');
    assert.equal(one['Gateway'], '');
    assert.match(String(one['IPAddress']), /\.0\.1$/);
    assert.doesNotMatch(await inside('cut-one', 'ip route'), /default/);
    await inside('cut-two', `ping -c 1 -W 5 ${String(one['IPAddress'])}`);
    await clear(['cut-one', 'cut-two'], ['cut']);
    assert.equal(
      await create('cut', { Options }, 500),
      "gateway mode 'isolated' can only be used for an internal network",
    );
  });

  it('gateway modes are told as they were given, and others refused', async () => {
    for (const mode of ['nat', 'nat-unprotected', 'routed']) {
      const Options = { [`${BRIDGE}.gateway_mode_ipv4`]: mode, [`${BRIDGE}.gateway_mode_ipv6`]: mode };
      await create('mode', { EnableIPv6: true, Options });
      const { IPAM, ...body } = await inspect('mode');
      assert.deepEqual(body['Options'], { ...Options, 'label.of.mine': '1' });
      assert.equal(
        IPAM.Config?.every((pool) => 'Gateway' in pool),
        true,
      );
      await clear([], ['mode']);
    }
    const key = `${BRIDGE}.gateway_mode_ipv6`;
    assert.equal(
      await create('mode', { Options: { [key]: 'foo' } }, 400),
      `failed to parse ${key} value: foo (unknown gateway mode foo)`,
    );
  });

  it("the daemon's own options are those of new networks that say nothing else", async () => {
    await create('plain');
    assert.deepEqual((await inspect('plain'))['Options'], { 'label.of.mine': '1' });
    await create('said', { Options: { 'label.of.mine': '2' } });
    assert.deepEqual((await inspect('said'))['Options'], { 'label.of.mine': '2' });
    await clear([], ['plain', 'said']);
  });

  it('a bridge without an IPv4 address leaves the gateway to somebody else', async () => {
    await create('bare', { Options: { [`${BRIDGE}.inhibit_ipv4`]: 'true' } });
    const { Id, IPAM } = await inspect('bare');
    assert.doesNotMatch(await onHost('ip', '-4', '-o', 'addr', 'show', `br-${Id.slice(0, 12)}`), /inet/);
    await run('bare', 'bare-one');
    const one = await endpoint('bare-one', 'bare');
    assert.equal(one['Gateway'], IPAM.Config?.[0]?.['Gateway']);
    assert.match(String(one['IPAddress']), /\.0\.2$/);
    await clear(['bare-one'], ['bare']);
  });

  it('an endpoint has the interface name and the settings that it is given', async () => {
    await create('set');
    const key = 'com.docker.network.endpoint';
    const asked = [
      `${key}.ifname=lan7`,
      `"${key}.sysctls=net.ipv4.conf.IFNAME.log_martians=1,net.ipv4.conf.IFNAME.forwarding=0"`,
    ];
    const network = ['name=set', ...asked.map((option) => `driver-opt=${option}`)];
    const options = network.map((part) => part.replace(/^driver-opt="(.*)"$/, '"driver-opt=$1"'));
    await run(options.join(','), 'set-one');
    assert.match(await inside('set-one', 'ip -o -4 addr show lan7'), /inet /);
    assert.equal(await inside('set-one', 'cat /proc/sys/net/ipv4/conf/lan7/log_martians'), '1');
    assert.equal(await inside('set-one', 'cat /proc/sys/net/ipv4/conf/lan7/forwarding'), '0');
    const body = (sysctls: string) => ({
      Container: 'set-one',
      EndpointConfig: { DriverOpts: { [`${key}.sysctls`]: sysctls } },
    });
    await create('more');
    const refused = await engine().request('POST', '/v1.51/networks/more/connect', {
      body: body('net.ipv4.conf.eth0.forwarding=1'),
    });
    assert.equal(refused.status, 400);
    assert.match(
      refused.text,
      /invalid endpoint settings:\\nunrecognised network interface sysctl 'net.ipv4.conf.eth0.forwarding=1'; represent/,
    );
    const long = {
      Container: 'set-one',
      EndpointConfig: { DriverOpts: { [`${key}.ifname`]: 'a'.repeat(16) } },
    };
    const tooLong = await engine().request('POST', '/v1.51/networks/more/connect', { body: long });
    assert.equal(tooLong.status, 500);
    assert.match(tooLong.text, /error renaming interface veth\w+ to a{16}: numerical result out of range/);
    await clear(['set-one'], ['set', 'more']);
  });

  it('the network of the highest priority leads out, and another one when that goes', async () => {
    for (const name of ['aaa', 'bbb', 'ccc']) await create(name);
    await run('aaa', 'prio');
    const connect = async (network: string, GwPriority: number): Promise<void> => {
      const body = { Container: 'prio', EndpointConfig: { GwPriority } };
      const answer = await engine().request('POST', `/v1.51/networks/${network}/connect`, { body });
      assert.equal(answer.status, 200, answer.text);
    };
    const way = async (): Promise<string> =>
      /default via \S+ dev (\S+)/.exec(await inside('prio', 'ip route'))?.[1] ?? '';
    assert.equal(await way(), 'eth0');
    await connect('bbb', 5);
    assert.equal(await way(), 'eth1');
    await connect('ccc', -1);
    assert.equal(await way(), 'eth1');
    assert.equal((await endpoint('prio', 'bbb'))['GwPriority'], 5);
    await docker(engine(), ['network', 'disconnect', 'bbb', 'prio']);
    assert.equal(await way(), 'eth0');
    await clear(['prio'], ['aaa', 'bbb', 'ccc']);
  });

  it('of networks alike one with both families leads out for both', async () => {
    await create('alone');
    await create('both', { EnableIPv6: true });
    await run('alone', 'dual');
    await docker(engine(), ['network', 'connect', 'both', 'dual']);
    assert.match(
      await inside('dual', 'ip route; ip -6 route'),
      /default via \S+ dev eth1.*default via \S+ dev eth1/s,
    );
    await clear(['dual'], ['alone', 'both']);
  });

  it('a network without a free address lets no container start, and the one that was let go of is free', async () => {
    await create('small', { IPAM: { Config: [{ Subnet: '10.77.0.0/30' }] } });
    const { Id } = await inspect('small');
    await run('small', 'small-one');
    const { code, stderr } = await engine().docker(
      'run -d --name small-two --network small busybox true'.split(' '),
    );
    assert.equal(code, 125);
    assert.match(
      stderr,
      new RegExp(
        `failed to set up container networking: no available IPv4 addresses on this network's address pools: small \\(${Id}\\)`,
      ),
    );
    const state = ['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}'];
    assert.equal(await docker(engine(), [...state, 'small-two']), 'created 128');
    await docker(engine(), ['stop', 'small-one']);
    await docker(engine(), ['start', 'small-two']);
    await dockerUntil(engine(), [...state, 'small-two'], 'exited 0');
    await clear(['small-one', 'small-two'], ['small']);
  });

  it('a container comes back to the address it had, over a restart of the daemon too, unless somebody else has it', async () => {
    await create('home', { EnableIPv6: true, IPAM: { Config: [{ Subnet: '10.78.0.0/24' }] } });
    await run('home', 'first');
    await run('home', 'second');
    const address = async (name: string): Promise<readonly unknown[]> => {
      const { IPAddress, GlobalIPv6Address } = await endpoint(name, 'home');
      return [IPAddress, String(GlobalIPv6Address).replace(/^.*::/, '::')];
    };
    assert.deepEqual(await address('second'), ['10.78.0.3', '::3']);
    await docker(engine(), ['stop', 'first', 'second']);
    await engine().end('SIGKILL');
    await engine().start();
    await docker(engine(), ['start', 'second']);
    assert.deepEqual(await address('second'), ['10.78.0.3', '::3']);
    await run('home', 'third');
    assert.deepEqual(await address('third'), ['10.78.0.2', '::2']);
    await docker(engine(), ['start', 'first']);
    assert.deepEqual(await address('first'), ['10.78.0.4', '::4']);
    await docker(engine(), ['network', 'disconnect', 'home', 'second']);
    await run('home', 'fourth');
    assert.deepEqual(await address('fourth'), ['10.78.0.3', '::3']);
    await clear(['first', 'second', 'third', 'fourth'], ['home']);
  });

  it('what nobody is to get is not given: gateways, auxiliary addresses, other parts than the range', async () => {
    await create('kept', {
      EnableIPv6: true,
      IPAM: {
        Config: [
          {
            Subnet: '10.79.0.0/24',
            IPRange: '10.79.0.128/30',
            Gateway: '10.79.0.128',
            AuxiliaryAddresses: { printer: '10.79.0.129', DefaultGatewayIPv4: '10.79.0.200' },
          },
          {
            Subnet: 'fd00:79::/64',
            Gateway: 'fd00:79::9',
            AuxiliaryAddresses: { DefaultGatewayIPv6: 'fd00:79::8' },
          },
        ],
      },
    });
    await run('kept', 'kept-one');
    const one = await endpoint('kept-one', 'kept');
    assert.deepEqual([one['IPAddress'], one['Gateway']], ['10.79.0.130', '10.79.0.200']);
    assert.deepEqual([one['GlobalIPv6Address'], one['IPv6Gateway']], ['fd00:79::1', 'fd00:79::8']);
    const taken = await engine().docker('run --rm --network kept --ip 10.79.0.129 busybox true'.split(' '));
    assert.match(taken.stderr, /Address already in use/);
    await run('kept', 'kept-two', '--ip', '10.79.0.7', '--ip6', 'fd00:79::7');
    assert.match(await inside('kept-two', 'ip -o addr show eth0'), /10\.79\.0\.7\/24.*fd00:79::7\/64/s);
    await clear(['kept-one', 'kept-two'], ['kept']);
  });

  it('a device that is there is used, and stays when the network goes', async () => {
    await onHost('ip', 'link', 'add', 'mine0', 'type', 'bridge');
    await create('used', {
      Options: { [`${BRIDGE}.name`]: 'mine0' },
      IPAM: { Config: [{ Subnet: '10.82.0.0/24' }] },
    });
    assert.match(await onHost('ip', '-o', '-4', 'addr', 'show', 'mine0'), /10\.82\.0\.1\/24/);
    await clear([], ['used']);
    assert.match(await onHost('ip', '-o', 'link'), /mine0/);
    await onHost('ip', 'link', 'del', 'mine0');
  });

  it('ports are published where the network says, if the container does not', async () => {
    await create('bound', { Options: { [`${BRIDGE}.host_binding_ipv4`]: '127.0.0.1' } });
    await run('bound', 'bound-one', '-p', '8090:80', '-p', '0.0.0.0:8091:81');
    assert.equal(await docker(engine(), ['port', 'bound-one', '80']), '127.0.0.1:8090');
    assert.equal(await docker(engine(), ['port', 'bound-one', '81']), '0.0.0.0:8091');
    await clear(['bound-one'], ['bound']);
  });

  it('the default bridge is as the daemon says: its MTU, its name servers, and what host-gateway stands for', async () => {
    await run('bridge', 'plain-one', '--add-host', 'gate:host-gateway');
    assert.equal(await inside('plain-one', 'cat /sys/class/net/eth0/mtu'), '1420');
    assert.match(await inside('plain-one', 'cat /etc/hosts'), /^192\.0\.2\.7\tgate$/m);
    assert.match(
      await inside('plain-one', 'cat /etc/resolv.conf'),
      /^nameserver 192\.0\.2\.53\nsearch example\.test\noptions ndots:3$/m,
    );
    await docker(engine(), ['rm', '-f', 'plain-one']);
  });
});
