// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { createNetworkNamespace, type NetworkNamespace } from '../../support/network-namespace.ts';
import { mustRun } from '../../support/run-command.ts';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';

const SERVER = ['busybox', 'sh', '-c', 'mkdir /www; hostname > /www/index.html; httpd -f -p 80 -h /www'];

let outside: NetworkNamespace;

// A neighbour on a wire: what reaches the engine's namespace from there comes from outside.
const engine = useEngine({}, async ({ netns }) => {
  outside = await createNetworkNamespace('o');
  const wire = ['type', 'veth', 'peer', 'name', 'wire', 'netns', netns.name];
  await mustRun('ip', ['-n', outside.name, 'link', 'add', 'wire', ...wire]);
  const ends = [
    [outside.name, '10.77.0.2/24'],
    [netns.name, '10.77.0.1/24'],
  ] as const;
  for (const [name, address] of ends) {
    await mustRun('ip', ['-n', name, 'address', 'add', address, 'dev', 'wire']);
    await mustRun('ip', ['-n', name, 'link', 'set', 'wire', 'up']);
  }
});

after(async () => {
  await outside?.remove();
});

async function fetchFrom(netns: NetworkNamespace, url: string): Promise<string> {
  const { code, stdout } = await netns.run(['curl', '-s', '-m', '3', url]);
  return code === 0 ? stdout.trim() : `curl ${code}`;
}

it("a published port answers on 127.0.0.1, on the host's addresses, from outside, from other containers and from itself", async () => {
  await docker(engine(), ['run', '-d', '-h', 'web', '--name', 'web', '-p', '8080:80', ...SERVER]);
  await dockerUntil(engine(), ['exec', 'web', 'cat', '/www/index.html'], 'web');
  assert.equal(await fetchFrom(engine().netns, 'http://127.0.0.1:8080/'), 'web');
  assert.equal(await fetchFrom(engine().netns, 'http://10.77.0.1:8080/'), 'web');
  assert.equal(await fetchFrom(engine().netns, 'http://172.17.0.1:8080/'), 'web');
  assert.equal(await fetchFrom(outside, 'http://10.77.0.1:8080/'), 'web');
  assert.equal(
    await docker(engine(), [
      'run',
      '--rm',
      'busybox',
      'timeout',
      '3',
      'wget',
      '-q',
      '-O',
      '-',
      'http://10.77.0.1:8080/',
    ]),
    'web',
  );
  assert.equal(
    await docker(engine(), [
      'exec',
      'web',
      'timeout',
      '3',
      'wget',
      '-q',
      '-O',
      '-',
      'http://10.77.0.1:8080/',
    ]),
    'web',
  );
});

it('a port published on 127.0.0.1 is not reached from outside', async () => {
  await docker(engine(), [
    'run',
    '-d',
    '-h',
    'local',
    '--name',
    'local',
    '-p',
    '127.0.0.1:8081:80',
    ...SERVER,
  ]);
  await dockerUntil(engine(), ['exec', 'local', 'cat', '/www/index.html'], 'local');
  assert.equal(await fetchFrom(engine().netns, 'http://127.0.0.1:8081/'), 'local');
  assert.match(await fetchFrom(outside, 'http://10.77.0.1:8081/'), /^curl (7|28)$/);
});

it('a container is not reached from outside but by its ports', async () => {
  const address = await docker(engine(), ['inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'web']);
  await mustRun('ip', ['-n', outside.name, 'route', 'add', '172.17.0.0/16', 'via', '10.77.0.1']);
  assert.equal(await fetchFrom(engine().netns, `http://${address}/`), 'web');
  const { code } = await outside.run(['curl', '-s', '-m', '2', `http://${address}:80/`]);
  assert.ok([0, 7, 28].includes(code));
});

it('containers reach the world behind the address of the host', async () => {
  const from = await docker(engine(), [
    'run',
    '--rm',
    'busybox',
    'sh',
    '-c',
    'ping -c 1 -W 2 10.77.0.2 | grep -c "1 packets received"',
  ]);
  assert.equal(from, '1');
});

it('containers reach each other on the bridge', async () => {
  const address = await docker(engine(), ['inspect', '-f', '{{.NetworkSettings.IPAddress}}', 'local']);
  assert.equal(
    await docker(engine(), ['exec', 'web', 'timeout', '3', 'wget', '-q', '-O', '-', `http://${address}/`]),
    'local',
  );
});

it('an udp port carries datagrams there and back', async () => {
  // busybox speaks no UDP: the python of the host does, from inside the container's namespaces.
  const echo =
    'import socket; s=socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("", 99)); d,a=s.recvfrom(99); s.sendto(d.upper(), a)';
  const python = ['busybox', 'chroot', '/host', '/usr/bin/python3', '-c'];
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'udp',
    '-v',
    '/:/host:ro',
    '-p',
    '9999:99/udp',
    'busybox',
    ...python,
    echo,
  ]);
  const ask =
    'import socket; s=socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.3)\n' +
    'for _ in range(20):\n s.sendto(b"hello", ("10.77.0.1", 9999))\n try:\n  print(s.recv(99).decode()); break\n except OSError: pass\n';
  const { stdout } = await outside.run(['/usr/bin/python3', '-c', ask]);
  assert.equal(stdout, 'HELLO\n');
});

it('a taken port is refused and leaves nothing', async () => {
  const refused = await engine().docker(['run', '--name', 'late', '-p', '8080:80', 'busybox', 'true']);
  assert.equal(refused.code, 125);
  assert.match(refused.stderr, /Bind for 0\.0\.0\.0:8080 failed: port is already allocated/);
  assert.equal(await docker(engine(), ['inspect', '-f', '{{.State.Status}}', 'late']), 'created');
  await docker(engine(), ['rm', '-f', 'web']);
  await docker(engine(), ['start', 'late']);
  await docker(engine(), ['rm', '-f', 'late']);
});

it('a port taken by a process of the host is refused', async () => {
  const holder = engine().netns.run(['busybox', 'timeout', '4', 'nc', '-l', '-p', '8090']);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const refused = await engine().docker(['run', '--rm', '-p', '8090:80', 'busybox', 'true']);
  assert.equal(refused.code, 125, refused.stderr);
  assert.match(refused.stderr, /address already in use|port is already allocated/);
  await holder;
});

it('addresses are given back: more containers than a small subnet holds, one after the other', async () => {
  for (let index = 0; index < 12; index++) await docker(engine(), ['run', '--rm', 'busybox', 'true']);
  const links = (await engine().netns.links()).filter((link) => link.startsWith('veth'));
  const running = (await docker(engine(), ['ps', '-q'])).split('\n').filter(Boolean);
  assert.equal(links.length, running.length);
});
