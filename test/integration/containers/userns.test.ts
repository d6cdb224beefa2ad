// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { getXattr } from '../../../src/sys/xattr.ts';
import type { Engine } from '../../support/engine.ts';
import { busyboxLayer, buildImage, dockerArchive, type LayerMembers } from '../../support/image-archive.ts';
import { makePrivateEtc, type PrivateEtc } from '../../support/private-etc.ts';
import { runCommand } from '../../support/run-command.ts';
import { listTar } from '../../support/tar-listing.ts';
import { docker, dockerUntil, startSuiteEngine } from '../../support/use-engine.ts';

/** Who containers' root is on the host. */
const ROOT = 100_000;
const NAME = `${ROOT}.${ROOT}`;

const PLAIN = { mode: 0o640, uid: 1000, gid: 1001 };

/** A file capability (cap_net_raw=ep) in the second revision of its format. */
const NET_RAW = Buffer.from('0100000200200000000000000000000000000000', 'hex');

/** A layer whose directories are only implied, over one that has them with owners and modes of their own. */
const OWNED: readonly LayerMembers[] = [
  [
    ...busyboxLayer(),
    { entry: { name: 'srv/', type: 'directory', mode: 0o2770, uid: 7, gid: 8 } },
    { entry: { name: 'srv/plain', ...PLAIN }, content: 'plain' },
    { entry: { name: 'srv/same', type: 'hardlink', linkName: 'srv/plain', ...PLAIN } },
    { entry: { name: 'srv/setid', mode: 0o4755, uid: 9 }, content: 'set' },
    {
      entry: { name: 'srv/able', mode: 0o755, xattrs: new Map([['security.capability', NET_RAW]]) },
      content: 'able',
    },
    { entry: { name: 'srv/link', type: 'symlink', linkName: 'plain', uid: 3, gid: 3 } },
  ],
  [
    { entry: { name: 'srv/more', uid: 5, gid: 6 }, content: 'more' },
    { entry: { name: 'tmp/more', uid: 5, gid: 6 }, content: 'more' },
  ],
];

const OUT_OF_RANGE: readonly LayerMembers[] = [
  [...busyboxLayer(), { entry: { name: 'far', uid: 70_000 }, content: '' }],
];

let etc: PrivateEtc;
let engine: Engine;

const FLAGS = ['--userns-remap=default', '--add-runtime=crun=crun', '--live-restore'];

before(async () => {
  etc = await makePrivateEtc();
  engine = await startSuiteEngine({ flags: FLAGS, wrapper: etc.wrapper });
  const owned = dockerArchive(buildImage({ layers: OWNED, tags: ['owned:latest'] }));
  const loaded = await engine.docker(['load'], { input: owned });
  assert.equal(loaded.code, 0, loaded.stderr);
});
after(async () => {
  await engine?.stop();
  await etc?.remove();
});

const run = async (args: readonly string[], script: string, image = 'busybox'): Promise<string> =>
  docker(engine, ['run', '--rm', ...args, image, 'sh', '-c', script]);

const refusal = async (args: readonly string[]): Promise<string> => {
  const { code, stderr } = await engine.docker(['create', ...args, 'busybox']);
  assert.notEqual(code, 0);
  return stderr;
};

const remove = async (...names: readonly string[]): Promise<string> =>
  docker(engine, ['rm', '-f', '-v', ...names]);

const ownerOf = (...path: readonly string[]): string => {
  const { uid, gid, mode } = statSync(join(engine.dataRoot, NAME, ...path));
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
};

const snapshots = async (): Promise<string> => {
  const socket = join(engine.execRoot, NAME, 'containerd/containerd.sock');
  return (await runCommand('ctr', ['-a', socket, '-n', 'moby', 'snapshots', 'ls'])).stdout;
};

it('the user is made, with ids that nobody has, and the daemon moves to directories of its own', async () => {
  assert.match(readFileSync(join(etc.changes, 'passwd'), 'utf8'), /^dockremap:/m);
  for (const file of ['subuid', 'subgid'])
    assert.equal(readFileSync(join(etc.changes, file), 'utf8').trim(), `dockremap:${ROOT}:65536`);
  const info = JSON.parse(await docker(engine, ['info', '-f', '{{json .}}'])) as Record<string, unknown>;
  assert.ok((info['SecurityOptions'] as string[]).includes('name=userns'));
  assert.equal(info['DockerRootDir'], join(engine.dataRoot, NAME));
  assert.equal(ownerOf('.'), `0:${ROOT} 710`);
  assert.equal(ownerOf('containers'), `0:${ROOT} 710`);
  assert.equal(ownerOf('volumes'), '0:0 701');
});

for (const runtime of ['runc', 'crun'])
  describe(`a container of ${runtime}`, () => {
    const own = ['--runtime', runtime];

    it('is root to itself and nobody to the host', async () => {
      await docker(engine, ['run', '-d', '--name', `top-${runtime}`, ...own, 'busybox', 'sleep', '1000']);
      const [, line = ''] = (await docker(engine, ['top', `top-${runtime}`])).split('\n');
      assert.match(line, /^100000 +\d+ .*sleep 1000$/);
      await remove(`top-${runtime}`);
      const said = await run(
        own,
        'cat /proc/self/uid_map /proc/self/gid_map; id -u; stat -c %u:%g / /bin/cat /dev',
      );
      assert.deepEqual(
        said.split('\n').map((text) => text.trim().replaceAll(/ +/g, ' ')),
        ['0 100000 65536', '0 100000 65536', '0', '0:0', '0:0', '0:0'],
      );
    });

    it('has its network to itself: it reaches others, may change it and sees it below /sys', async () => {
      const gateway = "ip route | awk '/default/{print $3}'";
      const script = `ping -c1 -W5 $(${gateway}) >/dev/null && ip link set eth0 mtu 1400 && cat /sys/class/net/eth0/mtu; cat /proc/sys/net/ipv4/ip_unprivileged_port_start`;
      assert.equal(await run([...own, '--cap-add', 'NET_ADMIN'], script), '1400\n0');
      assert.equal(await run([...own, '--network', 'none'], 'ls /sys/class/net'), 'lo');
    });

    it('is spoken to, by terminal, input, execs, probes and signals', async () => {
      const name = `talk-${runtime}`;
      const echoed = await engine.docker(
        ['run', '-i', '--rm', ...own, '-u', '1000', 'busybox', 'sh', '-c', 'cat > /dev/stdout'],
        { input: 'said' },
      );
      assert.equal(echoed.stdout, 'said');
      const probe = ['--health-cmd', 'test $(id -u) = 0', '--health-interval', '100ms'];
      await docker(engine, ['run', '-d', '-t', '--name', name, ...own, ...probe, 'busybox', 'sleep', '1000']);
      assert.equal(
        await docker(engine, ['exec', '-u', '1000:1001', name, 'sh', '-c', 'id -u > /dev/stdout; id -g']),
        '1000\n1001',
      );
      assert.equal(await docker(engine, ['exec', '-t', name, 'sh', '-c', 'stat -c %u $(tty)']), '0\r');
      await docker(engine, ['pause', name]);
      await docker(engine, ['unpause', name]);
      await dockerUntil(engine, ['inspect', '-f', '{{.State.Health.Status}}', name], 'healthy');
      const stats = JSON.parse(
        await docker(engine, ['stats', '--no-stream', '--format', '{{json .}}', name]),
      ) as Record<string, string>;
      assert.notEqual(stats['PIDs'], '0');
      await docker(engine, ['stop', '-t', '0', name]);
      await docker(engine, ['start', name]);
      await remove(name);
    });

    it('shares namespaces with another one, and its user namespace with them', async () => {
      const name = `donor-${runtime}`;
      await docker(engine, [
        'run',
        '-d',
        '--name',
        name,
        '--ipc',
        'shareable',
        ...own,
        'busybox',
        'sleep',
        '1000',
      ]);
      const look = 'readlink /proc/self/ns/user';
      const user = await docker(engine, ['exec', name, 'sh', '-c', look]);
      for (const kind of ['network', 'pid', 'ipc'])
        assert.equal(
          await run([...own, `--${kind}`, `container:${name}`], `${look}; touch /dev/shm/x`),
          user,
        );
      assert.notEqual(await run(own, look), user);
      assert.equal(await docker(engine, ['exec', name, 'stat', '-c', '%u', '/dev/shm']), '0');
      await remove(name);
    });

    it('is given images and parts of volumes with the owners it knows', async () => {
      await run(['-v', 'whole:/whole'], 'mkdir -p /whole/part && chown 7:8 /whole/part');
      const mounts = [
        '--mount=type=image,src=owned,dst=/image',
        '--mount=type=volume,src=whole,dst=/part,volume-subpath=part',
      ];
      const look = 'stat -c %u:%g /image/srv/plain /part';
      assert.equal(await run([...own, ...mounts], look), '1000:1001\n7:8');
      assert.match(await run([...own, ...mounts, '--userns=host'], look), /^1000:1001\n/);
    });

    it('does without the namespace when it is told so', async () => {
      const said = await run(
        [...own, '--userns=host'],
        'cat /proc/self/uid_map; stat -c %u:%g /srv /srv/plain',
        'owned',
      );
      assert.deepEqual(said.replaceAll(/ +/g, ' ').split('\n'), [' 0 0 4294967295', '7:8', '1000:1001']);
    });
  });

it('files of an image belong to whom the image says, implied directories to whom they did', async () => {
  const list = 'cd /srv; stat -c "%n %u:%g %a" . plain same setid link more /tmp /tmp/more; stat -c %h plain';
  assert.deepEqual((await run([], list, 'owned')).split('\n'), [
    '. 7:8 2770',
    'plain 1000:1001 640',
    'same 1000:1001 640',
    'setid 9:0 4755',
    'link 3:3 777',
    'more 5:6 644',
    '/tmp 0:0 1777',
    '/tmp/more 5:6 644',
    '2',
  ]);
});

it('file capabilities outlive the change of owners', async () => {
  await docker(engine, ['create', '--name', 'able', 'owned']);
  const lower = await docker(engine, ['inspect', '-f', '{{.GraphDriver.Data.LowerDir}}', 'able']);
  const places = lower.split(':').map((layer) => join(layer, 'srv/able'));
  const [place = ''] = places.filter((path) => existsSync(path));
  assert.deepEqual(getXattr(place, 'security.capability'), NET_RAW);
  assert.equal(statSync(place).uid, ROOT);
  await remove('able');
});

it('an image with ids that have no place on the host is refused', async () => {
  const input = dockerArchive(buildImage({ layers: OUT_OF_RANGE, tags: ['far:latest'] }));
  const { code, stderr, stdout } = await engine.docker(['load'], { input });
  assert.notEqual(code, 0);
  assert.match(stderr + stdout, /Container ID 70000 cannot be mapped to a host ID/);
});

it('what is the host’s own is refused in dockerd’s words, and given with --userns=host', async () => {
  assert.match(
    await refusal(['--privileged']),
    /: privileged mode is incompatible with user namespaces\.  You must run the container in the host namespace when running privileged mode/,
  );
  assert.match(
    await refusal(['--network=host']),
    /: cannot share the host's network namespace when user namespaces are enabled/,
  );
  assert.match(
    await refusal(['--pid=host']),
    /: cannot share the host PID namespace when user namespaces are enabled/,
  );
  assert.equal(await run(['--userns=host', '--network=host', '--pid=host'], 'id -u'), '0');
});

it('files that the engine gives belong to the container’s root', async () => {
  const source = join(engine.directory, 'made/here');
  const args = ['-v', 'filled:/srv', '-v', 'empty:/nowhere', '-v', `${source}:/bound`];
  const script =
    'stat -c "%n %u:%g" /etc/hosts /etc/hostname /etc/resolv.conf /srv /srv/plain /nowhere /bound /.dockerenv; touch /bound/x /nowhere/x; echo 1.2.3.4 x >> /etc/hosts';
  assert.deepEqual((await run(args, script, 'owned')).split('\n'), [
    '/etc/hosts 0:0',
    '/etc/hostname 0:0',
    '/etc/resolv.conf 0:0',
    '/srv 7:8',
    '/srv/plain 1000:1001',
    '/nowhere 0:0',
    '/bound 0:0',
    '/.dockerenv 0:0',
  ]);
  assert.equal(ownerOf('volumes/empty/_data'), `${ROOT}:${ROOT} 755`);
  assert.equal(statSync(source).uid, ROOT);
  assert.equal(statSync(join(engine.directory, 'made')).uid, ROOT);
});

it('archives go in with the archive’s owners and come out with the host’s, as in dockerd; exports with the container’s', async () => {
  const file = join(engine.directory, 'file');
  writeFileSync(file, 'content');
  await runCommand('chown', ['1000:1001', file]);
  await docker(engine, ['create', '--name', 'files', '-v', '/made', '-u', '5', 'owned', 'ls', '-ln', '/tmp']);
  await docker(engine, ['cp', file, 'files:/tmp/as-archive']);
  await docker(engine, ['cp', '-a', file, 'files:/tmp/as-user']);
  await docker(engine, ['start', 'files']);
  const listed = await docker(engine, ['start', '-a', 'files']);
  assert.match(listed, / 1000 +1001 .* as-archive$/m);
  assert.match(listed, / 5 +0 .* as-user$/m);
  const out = await engine.request('GET', '/containers/files/archive?path=/tmp/as-archive');
  assert.equal((await listTar(out.bytes))[0]?.owner, '101000:101001');
  const members = await listTar((await engine.request('GET', '/containers/files/export')).bytes);
  const owners = new Map(members.map(({ name, owner }) => [name, owner]));
  assert.equal(owners.get('srv/plain'), '1000:1001');
  assert.equal(owners.get('tmp/as-user'), '5:0');
  assert.equal(owners.get('made/'), '0:0');
  await runCommand('chown', ['70000:0', file]);
  const far = await engine.docker(['cp', '-a', file, 'files:/far']);
  assert.equal(far.code, 0, 'the container’s user owns it');
  const raw = await engine.docker(['cp', file, 'files:/far']);
  assert.match(raw.stderr, /Container ID 70000 cannot be mapped to a host ID/);
  await remove('files');
});

it('a commit tells the container’s owners, so that its image is the same with and without the namespace', async () => {
  await docker(engine, ['run', '--name', 'committed', 'owned', 'sh', '-c', 'touch /new; chown 12:13 /new']);
  assert.deepEqual((await docker(engine, ['diff', 'committed'])).split('\n'), ['A /new']);
  await docker(engine, ['commit', 'committed', 'made:latest']);
  const look = 'stat -c %u:%g /new /srv/plain';
  assert.equal(await run([], look, 'made'), '12:13\n1000:1001');
  assert.equal(await run(['--userns=host'], look, 'made'), '12:13\n1000:1001');
  await remove('committed');
  await docker(engine, ['rmi', 'made:latest']);
});

it('layers without the namespace are unpacked once, however many ask, and go with their image', async () => {
  const layers = [[...busyboxLayer(), { entry: { name: 'once' }, content: 'x' }]];
  const loaded = await engine.docker(['load'], {
    input: dockerArchive(buildImage({ layers, tags: ['once:latest'] })),
  });
  assert.equal(loaded.code, 0, loaded.stderr);
  const unmapped = async (): Promise<number> =>
    (await snapshots()).split('\n').filter((line) => line.startsWith('unmapped')).length;
  const others = await unmapped();
  const all = (await snapshots()).split('\n').length;
  await Promise.all([1, 2, 3].map(async () => run(['--userns=host'], 'cat /once', 'once')));
  assert.equal(await unmapped(), others + 1);
  // Containers are removed behind the answer, and containerd collects what the image lets go of at that moment.
  for (let attempt = 0; (await snapshots()).split('\n').length > all + 1; attempt += 1) {
    assert.ok(attempt < 300, 'the containers stay');
    await sleep(100);
  }
  await docker(engine, ['rmi', 'once:latest']);
  for (let attempt = 0; (await unmapped()) > others; attempt += 1) {
    assert.ok(attempt < 100, 'the layers stay');
    await sleep(100);
  }
});

it('a killed daemon finds its containers again, with their network', async () => {
  await docker(engine, [
    'run',
    '-d',
    '--name',
    'outlives',
    '-p',
    '8099:80',
    'busybox',
    'httpd',
    '-f',
    '-h',
    '/etc',
  ]);
  await engine.end('SIGKILL');
  await engine.start();
  assert.equal(await docker(engine, ['inspect', '-f', '{{.State.Status}}', 'outlives']), 'running');
  const { stdout } = await engine.netns.run([
    '/bin/busybox',
    'wget',
    '-qO-',
    'http://127.0.0.1:8099/hostname',
  ]);
  assert.match(stdout, /^[0-9a-f]{12}\n$/);
  assert.equal(await docker(engine, ['exec', 'outlives', 'id', '-u']), '0');
  await remove('outlives');
});

it('a daemon without the namespace sees nothing of it, and the other way round', async () => {
  await docker(engine, ['create', '--name', 'remapped', 'busybox']);
  await engine.end();
  await engine.start(['--live-restore']);
  assert.equal(await docker(engine, ['ps', '-aq']), '');
  assert.equal(await docker(engine, ['images', '-q']), '');
  assert.ok(!(await docker(engine, ['info', '-f', '{{.SecurityOptions}}'])).includes('userns'));
  assert.equal(await docker(engine, ['volume', 'ls', '-q']), '');
  await engine.end();
  await engine.start(FLAGS);
  assert.equal(await docker(engine, ['ps', '-a', '--format', '{{.Names}}']), 'remapped');
  assert.equal(await docker(engine, ['start', '-a', 'remapped']), '');
  await remove('remapped');
});

it('users that are not there, or have no ids, stop the daemon in dockerd’s words', async () => {
  await engine.end();
  const cases: Readonly<Record<string, RegExp>> = {
    'a:b:c': /Invalid user\/group specification in --userns-remap: "a:b:c"/,
    nosuch: /Error during uid lookup for "nosuch": getent unable to find entry "nosuch" in passwd database/,
    daemon: /Can't create ID mappings: no subuid ranges found for user "daemon"/,
  };
  for (const [asked, words] of Object.entries(cases))
    await assert.rejects(engine.start([`--userns-remap=${asked}`]), words);
  await engine.start(FLAGS);
});
