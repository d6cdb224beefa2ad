// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { type ComposeProject, composeIsMissing, createComposeProject } from '../../support/compose.ts';
import { settleTo, takeInventory } from '../../support/inventory.ts';
import { docker, useEngine } from '../../support/use-engine.ts';

const SLEEPER = 'image: busybox\n    command: ["sleep", "600"]\n    stop_signal: SIGKILL';

const FILE = `
name: whole
services:
  db:
    image: busybox
    command: ["sh", "-c", "hostname > /data/who; sleep 1; touch /tmp/ready; exec httpd -f -p 5432 -h /data"]
    stop_signal: SIGKILL
    healthcheck: { test: ["CMD", "test", "-f", "/tmp/ready"], interval: 200ms, timeout: 20s, retries: 300 }
    volumes: ["data:/data", "outer:/outer", "/scratch"]
    networks: { back: { aliases: [store, store.internal] } }
  web:
    image: busybox
    command: ["sh", "-c", "hostname > /index.html; exec httpd -f -p 80 -h /"]
    stop_signal: SIGKILL
    depends_on: { db: { condition: service_healthy } }
    volumes: ["data:/shared:ro"]
    ports: ["80"]
    extra_hosts: ["far.example:192.0.2.9", "out:host-gateway"]
    networks: { front: { aliases: [site] }, back: }
  client:
    ${SLEEPER}
    networks: [front, outside]
    dns_search: [whole_front]
    dns_opt: ["ndots:1"]
    tmpfs: /tmp
  alone:
    ${SLEEPER}
    network_mode: none
  beside:
    ${SLEEPER}
    network_mode: service:client
networks:
  front:
    driver_opts: { com.docker.network.driver.mtu: "1400" }
    labels: { tier: edge }
  back:
    internal: true
  outside: { external: true, name: outside }
volumes:
  data: { labels: { keep: "no" } }
  outer: { external: true }
`;

describe('a Compose project with all that networks and volumes have', { skip: composeIsMissing() }, () => {
  const engine = useEngine();
  let project: ComposeProject;
  const compose = async (...args: readonly string[]): Promise<string> => project.compose(...args);
  const inside = async (service: string, script: string, index = 1): Promise<string> =>
    compose('exec', '-T', '--index', `${index}`, service, 'sh', '-c', script);
  const addressesOf = async (service: string, name: string): Promise<readonly string[]> => {
    const told = await inside(service, `nslookup ${name} 127.0.0.11 | tail -n +3 || true`);
    return [...new Set([...told.matchAll(/\d+\.\d+\.\d+\.\d+/g)].map(([address]) => address))];
  };
  const networksAndVolumes = async (): Promise<string> =>
    [
      await docker(engine(), ['network', 'ls', '--format', '{{.Name}}']),
      await docker(engine(), ['volume', 'ls', '-q']),
    ].join('\n');

  before(async () => {
    project = await createComposeProject(engine(), { 'compose.yaml': FILE });
    await docker(engine(), ['network', 'create', 'outside']);
    await docker(engine(), ['volume', 'create', 'outer']);
    await docker(engine(), [
      'run',
      '-d',
      '--name=neighbour',
      '--network=outside',
      '--stop-signal=KILL',
      'busybox',
      'sleep',
      '600',
    ]);
  });

  it('comes up with three of a service behind one alias, goes down, and leaves nothing', async () => {
    const [things, named] = [await takeInventory(engine()), await networksAndVolumes()];
    const links = await engine().netns.links();
    await compose('up', '-d', '--scale', 'web=3');

    const sites = await addressesOf('client', 'site');
    assert.equal(sites.length, 3, `${sites.join(' ')}`);
    assert.deepEqual((await addressesOf('client', 'web')).toSorted(), sites.toSorted());
    const served = new Set<string>();
    for (let turn = 0; turn < 60 && served.size < 3; turn += 1)
      served.add(
        await inside('client', 'for i in 1 2 3 4; do wget -qO- http://site/; done | sort -u | tail -1'),
      );
    assert.ok(served.size > 1, 'one of three takes all the requests');

    assert.equal(await inside('web', 'cat /shared/who'), await inside('db', 'hostname'));
    assert.equal(
      await inside('web', 'wget -qO- http://store.internal:5432/who', 3),
      await inside('db', 'hostname'),
    );
    const hosts = await inside('web', 'cat /etc/hosts');
    assert.match(hosts, /^192\.0\.2\.9\tfar\.example$/m);
    assert.match(hosts, /^172\.17\.0\.1\tout$/m);
    assert.deepEqual(await addressesOf('client', 'store'), []);
    await inside('client', 'ping -c 1 -W 5 neighbour && ping -c 1 -W 5 site');
    assert.equal(await inside('client', 'cat /sys/class/net/eth*/mtu | sort'), '1400\n1500');
    assert.equal(await inside('beside', 'hostname'), await inside('client', 'hostname'));
    assert.equal(await inside('alone', 'ls /sys/class/net'), 'lo');
    const ports = await Promise.all(
      [1, 2, 3].map((index) => compose('port', '--index', `${index}`, 'web', '80')),
    );
    assert.equal(new Set(ports).size, 3);
    for (const port of ports) {
      const url = `http://127.0.0.1:${port.split(':').at(-1)}/`;
      assert.equal((await engine().netns.run(['curl', '-sf', url])).code, 0, url);
    }

    await compose('up', '-d', '--scale', 'web=1');
    assert.equal((await addressesOf('client', 'site')).length, 1);
    await compose('down', '-v', '--remove-orphans');
    assert.equal(await networksAndVolumes(), named);
    assert.deepEqual(await settleTo(engine(), things), things);
    assert.deepEqual(await engine().netns.links(), links);
  });

  it('finds what it needs outside missing, and says so', async () => {
    await docker(engine(), ['rm', '-f', 'neighbour']);
    await docker(engine(), ['network', 'rm', 'outside']);
    const { code, stderr } = await project.run(['up', '-d']);
    assert.equal(code, 1);
    assert.match(stderr, /network outside not found/);
    await compose('down', '-v');
    await docker(engine(), ['volume', 'rm', 'outer']);
  });
});
