// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';

interface NetworkBody {
  readonly Id: string;
  readonly Name: string;
  readonly IPAM: { readonly Config: readonly Readonly<Record<string, string>>[] };
}

describe('networks that users make', () => {
  const engine = useEngine({ flags: ['--live-restore'] });
  const inspect = async (name: string): Promise<NetworkBody> =>
    (JSON.parse(await docker(engine(), ['network', 'inspect', name])) as NetworkBody[])[0] ??
    assert.fail(name);
  const refusal = async (args: readonly string[]): Promise<string> => {
    const { code, stderr } = await engine().docker(['network', ...args]);
    assert.notEqual(code, 0);
    return stderr.trim();
  };
  const devices = async (): Promise<string> =>
    (await engine().netns.run(['ip', '-o', 'link', 'show', 'type', 'bridge'])).stdout;

  it('are created, shown, listed and removed, and their bridge comes and goes with them', async () => {
    const id = await docker(engine(), ['network', 'create', '--label', 'a=b', 'one']);
    const one = await inspect('one');
    assert.equal(one.Id, id);
    assert.deepEqual(one.IPAM.Config, [{ Subnet: '172.18.0.0/16', Gateway: '172.18.0.1' }]);
    assert.ok((await devices()).includes(`br-${id.slice(0, 12)}`));
    const list = ['network', 'ls', '--format', '{{.Name}}', '--filter'];
    assert.equal(await docker(engine(), [...list, 'label=a=b']), 'one');
    assert.equal(await docker(engine(), [...list, 'type=custom']), 'one');
    assert.equal(await docker(engine(), [...list, 'dangling=true']), 'one');
    assert.equal(await docker(engine(), ['network', 'rm', id.slice(0, 8)]), id.slice(0, 8));
    assert.ok(!(await devices()).includes('br-'));
  });

  it('have the subnet, range and gateway that they are given', async () => {
    await docker(engine(), [
      'network',
      'create',
      '--subnet',
      '10.9.0.0/16',
      '--ip-range',
      '10.9.5.0/24',
      '--gateway',
      '10.9.0.9',
      '--aux-address',
      'x=10.9.5.0',
      'given',
    ]);
    const { IPAM } = await inspect('given');
    assert.deepEqual(IPAM.Config, [
      {
        Subnet: '10.9.0.0/16',
        IPRange: '10.9.5.0/24',
        Gateway: '10.9.0.9',
        AuxiliaryAddresses: { x: '10.9.5.0' },
      },
    ]);
    assert.match(
      await refusal(['create', '--subnet', '10.9.9.0/24', 'other']),
      /invalid pool request: Pool overlaps with other one on this address space$/m,
    );
    await docker(engine(), ['network', 'rm', 'given']);
  });

  it("are refused in Docker's words", async () => {
    await docker(engine(), ['network', 'create', 'taken']);
    assert.match(await refusal(['create', 'taken']), /network with name taken already exists$/m);
    assert.match(
      await refusal(['create', 'bridge']),
      /operation is not permitted on predefined bridge network$/,
    );
    assert.match(await refusal(['rm', 'host']), /host is a pre-defined network and cannot be removed$/m);
    assert.match(await refusal(['rm', 'nope']), /network nope not found$/m);
    assert.match(await refusal(['create', '-d', 'strange', 'x']), /plugin "strange" not found$/m);
    assert.match(
      await refusal(['create', '--subnet', '10.1.2.3/16', 'x']),
      /invalid subnet 10.1.2.3\/16: it should be 10.1.0.0\/16$/m,
    );
    await docker(engine(), ['network', 'prune', '-f']);
    assert.equal(await docker(engine(), ['network', 'ls', '-q', '--filter', 'type=custom']), '');
  });

  const addresses = async (name: string): Promise<string> =>
    docker(engine(), [
      'inspect',
      '-f',
      '{{range $n, $e := .NetworkSettings.Networks}}{{$n}}={{$e.IPAddress}} {{end}}',
      name,
    ]);
  const run = (...args: readonly string[]) =>
    docker(engine(), ['run', '-d', '--stop-signal', 'KILL', ...args, 'busybox', 'sleep', '600']);
  const inside = (name: string, script: string, code = 0) =>
    docker(engine(), ['exec', name, 'sh', '-c', script], code);

  it('have containers from their start on, and take and lose them while they run', async () => {
    await docker(engine(), ['network', 'create', '--subnet', '10.20.0.0/24', 'front']);
    await docker(engine(), ['network', 'create', '--internal', '--subnet', '10.30.0.0/24', 'back']);
    await run('--name', 'ca', '--network', 'front', '--ip', '10.20.0.77', '--network-alias', 'alias');
    await run('--name', 'cb', '--network', 'front');
    assert.equal(await addresses('ca'), 'front=10.20.0.77 ');
    assert.equal(await addresses('cb'), 'front=10.20.0.2 ');
    await inside('cb', 'ping -c 1 -W 5 10.20.0.77');
    await docker(engine(), ['network', 'connect', 'back', 'cb']);
    assert.equal(await addresses('cb'), 'back=10.30.0.2 front=10.20.0.2 ');
    assert.match(await inside('cb', 'ip -o addr show eth1'), /10\.30\.0\.2\/24/);
    assert.match(await inside('cb', 'cat /etc/hosts'), /10\.30\.0\.2\t/);
    assert.match(await inside('cb', 'ip route'), /default via 10\.20\.0\.1 dev eth0/);
    assert.match(
      await refusal(['rm', 'back']),
      /network back has active endpoints \(name:"cb" id:"[0-9a-f]{12}"\)$/m,
    );
    await docker(engine(), ['network', 'disconnect', 'front', 'cb']);
    assert.equal(await addresses('cb'), 'back=10.30.0.2 ');
    assert.doesNotMatch(await inside('cb', 'cat /etc/hosts; ip route; ip -o link'), /10\.20\.|default|eth0/);
    await docker(engine(), ['rm', '-f', 'ca', 'cb']);
    await docker(engine(), ['network', 'rm', 'front', 'back']);
  });

  it('keep to themselves', async () => {
    await docker(engine(), ['network', 'create', '--subnet', '10.20.0.0/24', 'one']);
    await docker(engine(), ['network', 'create', '--subnet', '10.30.0.0/24', 'other']);
    await run('--name', 'cc', '--network', 'one');
    await run('--name', 'cd', '--network', 'other');
    await inside('cc', 'ping -c 1 -W 1 10.30.0.2', 1);
    await inside('cc', 'ping -c 1 -W 5 10.20.0.1');
    await docker(engine(), ['rm', '-f', 'cc', 'cd']);
    await docker(engine(), ['network', 'rm', 'one', 'other']);
  });

  it('remember containers that do not run, and those that run while the daemon is killed', async () => {
    await docker(engine(), ['network', 'create', '--subnet', '10.20.0.0/24', 'kept']);
    await docker(engine(), ['create', '--name', 'ce', '-p', '8085:80', 'busybox', 'sleep', '600']);
    await docker(engine(), ['network', 'connect', '--ip', '10.20.0.9', 'kept', 'ce']);
    await docker(engine(), ['network', 'disconnect', 'bridge', 'ce']);
    await docker(engine(), ['start', 'ce']);
    assert.equal(await addresses('ce'), 'kept=10.20.0.9 ');
    assert.equal(await docker(engine(), ['port', 'ce', '80']), '0.0.0.0:8085\n[::]:8085');
    await engine().end('SIGKILL');
    await engine().start();
    assert.equal(await addresses('ce'), 'kept=10.20.0.9 ');
    await run('--name', 'cf', '--network', 'kept');
    await inside('cf', 'ping -c 1 -W 5 10.20.0.9');
    await docker(engine(), ['network', 'disconnect', '-f', 'kept', 'ce']);
    await docker(engine(), ['rm', '-f', 'ce', 'cf']);
    await docker(engine(), ['network', 'rm', 'kept']);
    assert.ok(!(await devices()).includes('br-'));
  });

  it('have IPv6 when they are asked to, of subnets given or chosen', async () => {
    await docker(engine(), ['network', 'create', '--ipv6', '--subnet', 'fd00:77::/64', 'six']);
    await docker(engine(), ['network', 'create', '--ipv6', 'chosen']);
    await run('--name', 'c7', '--network', 'six', '--ip6', 'fd00:77::9', '-p', '8086:80');
    await run('--name', 'c8', '--network', 'six');
    const six = '{{range .NetworkSettings.Networks}}{{.GlobalIPv6Address}} {{.IPv6Gateway}}{{end}}';
    assert.equal(await docker(engine(), ['inspect', '-f', six, 'c7']), 'fd00:77::9 fd00:77::1');
    assert.equal(await docker(engine(), ['inspect', '-f', six, 'c8']), 'fd00:77::2 fd00:77::1');
    await inside('c8', 'ping -6 -c 1 -W 5 fd00:77::9');
    await inside('c8', 'ping -6 -c 1 -W 5 fd00:77::1');
    assert.match(await inside('c8', 'ip -6 route'), /default via fd00:77::1 dev eth0/);
    assert.match(await inside('c8', 'cat /etc/hosts'), /fd00:77::2\t/);
    const chosen = (await inspect('chosen')).IPAM.Config[1];
    assert.match(chosen?.['Subnet'] ?? '', /^fd[0-9a-f]{2}:.*::\/64$/);
    await docker(engine(), ['network', 'connect', 'chosen', 'c8']);
    await inside('c8', `ping -6 -c 1 -W 5 ${chosen?.['Gateway'] ?? ''}`);
    await engine().end('SIGKILL');
    await engine().start();
    await inside('c8', 'ping -6 -c 1 -W 5 fd00:77::9');
    await docker(engine(), ['rm', '-f', 'c7', 'c8']);
    await docker(engine(), ['network', 'rm', 'six', 'chosen']);
  });

  it('take their settings from a network that only holds settings', async () => {
    const config = ['--config-only', '--subnet', '10.66.0.0/24', '--label', 'from=config'];
    await docker(engine(), ['network', 'create', ...config, 'settings']);
    await docker(engine(), ['network', 'create', '--config-from', 'settings', 'derived']);
    assert.deepEqual((await inspect('derived')).IPAM.Config, [{ Subnet: '10.66.0.0/24' }]);
    assert.match(
      await refusal(['rm', 'settings']),
      /error while removing network: configuration network "settings" is in use$/m,
    );
    const { stderr } = await engine().docker(['run', '--rm', '--network', 'settings', 'busybox', 'true']);
    assert.match(
      stderr,
      /failed to set up container networking: cannot create endpoint on configuration-only network/,
    );
    await docker(engine(), ['network', 'rm', 'derived']);
    await docker(engine(), ['network', 'rm', 'settings']);
  });

  it('lead out by the one with the highest priority', async () => {
    for (const name of ['first', 'second']) await docker(engine(), ['network', 'create', name]);
    await docker(engine(), ['create', '--name', 'c9', '--network', 'first', 'busybox', 'sleep', '600']);
    await docker(engine(), ['network', 'connect', '--gw-priority', '5', 'second', 'c9']);
    await docker(engine(), ['start', 'c9']);
    const [{ Gateway: gateway } = {}] = (await inspect('second')).IPAM.Config;
    assert.ok((await inside('c9', 'ip route')).includes(`default via ${gateway}`));
    await docker(engine(), ['network', 'disconnect', 'second', 'c9']);
    const [{ Gateway: other } = {}] = (await inspect('first')).IPAM.Config;
    assert.ok((await inside('c9', 'ip route')).includes(`default via ${other}`));
    await docker(engine(), ['rm', '-f', 'c9']);
    await docker(engine(), ['network', 'rm', 'first', 'second']);
  });
});
