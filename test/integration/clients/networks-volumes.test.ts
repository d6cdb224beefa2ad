// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import Docker from 'dockerode';
import { runCommand } from '../../support/run-command.ts';
import { useEngine } from '../../support/use-engine.ts';

const engine = useEngine();

it("Debian's python3-docker has all its calls for networks and volumes", async (context) => {
  const installed = await runCommand('/usr/bin/python3', ['-c', 'import docker']);
  if (installed.code !== 0) {
    context.skip('python3-docker is not installed: apt-get install python3-docker');
    return;
  }
  const script = join(import.meta.dirname, 'docker-py-networks.py');
  const result = await runCommand('/usr/bin/python3', [script, `unix://${engine().socket}`], {
    timeout: 240_000,
  });
  const failed = result.stdout.split('\n').filter((line) => line.startsWith('NOT OK'));
  assert.deepEqual(failed, []);
  assert.match(result.stdout, /\ndone\n$/, result.stdout + result.stderr);
});

it('dockerode has all its calls for networks', async () => {
  const client = new Docker({ socketPath: engine().socket });
  const network = await client.createNetwork({
    Name: 'rode',
    CheckDuplicate: true,
    Driver: 'bridge',
    Internal: true,
    Attachable: true,
    EnableIPv6: true,
    IPAM: { Config: [{ Subnet: '10.72.0.0/24' }, { Subnet: 'fd00:72::/64' }] },
    Labels: { kind: 'rode' },
    Options: { 'com.docker.network.bridge.name': 'br-rode' },
  });
  const told = await network.inspect();
  assert.deepEqual([told.Name, told.Internal, told.EnableIPv6], ['rode', true, true]);
  assert.ok((await engine().netns.links()).includes('br-rode'));
  const container = await client.createContainer({
    Image: 'busybox',
    Cmd: ['sleep', '600'],
    name: 'rode1',
    HostConfig: { NetworkMode: 'none' },
    StopSignal: 'SIGKILL',
  });
  await container.start();
  const refused = await network.connect({ Container: 'rode1' }).catch((error: Error) => error);
  assert.match(String(refused), /private \(none\) mode/);
  await container.remove({ force: true });
  const second = await client.createContainer({
    Image: 'busybox',
    Cmd: ['sleep', '600'],
    name: 'rode2',
    StopSignal: 'SIGKILL',
  });
  await second.start();
  const EndpointConfig = {
    Aliases: ['other'],
    IPAMConfig: { IPv4Address: '10.72.0.9', IPv6Address: 'fd00:72::9' },
  };
  await network.connect({ Container: 'rode2', EndpointConfig });
  const { Networks } = (await second.inspect()).NetworkSettings;
  assert.deepEqual(
    [Networks['rode']?.IPAddress, Networks['rode']?.GlobalIPv6Address],
    ['10.72.0.9', 'fd00:72::9'],
  );
  const listed = await client.listNetworks({ filters: { label: ['kind=rode'] } });
  assert.deepEqual(
    listed.map(({ Name }) => Name),
    ['rode'],
  );
  await network.disconnect({ Container: 'rode2', Force: true });
  await second.remove({ force: true });
  await network.remove();
  await assert.rejects(client.getNetwork('rode').inspect(), /network rode not found/);
  await client.createNetwork({ Name: 'rode3', Labels: { kind: 'rode' } });
  const pruned = await client.pruneNetworks({ filters: { label: ['kind=rode'] } });
  assert.deepEqual(pruned.NetworksDeleted, ['rode3']);
});

it('dockerode has all its calls for volumes', async () => {
  const client = new Docker({ socketPath: engine().socket });
  await client.createVolume({ Name: 'rodevol', Labels: { kind: 'rode' }, DriverOpts: {} });
  const volume = client.getVolume('rodevol');
  assert.deepEqual((await volume.inspect()).Labels, { kind: 'rode' });
  const { Volumes } = await client.listVolumes({ filters: { name: ['rode'] } });
  assert.deepEqual(
    Volumes.map(({ Name }) => Name),
    ['rodevol'],
  );
  await volume.remove();
  await assert.rejects(volume.inspect(), /no such volume/);
  await client.createVolume({ Name: 'rodevol2', Labels: { kind: 'rode' } });
  const pruned = await client.pruneVolumes({ filters: { label: ['kind=rode'], all: ['true'] } });
  assert.deepEqual(pruned.VolumesDeleted, ['rodevol2']);
});
