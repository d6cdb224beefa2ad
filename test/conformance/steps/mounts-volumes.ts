// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { getXattr } from '../../../src/sys/xattr.ts';
import { buildImage, busyboxLayer, dockerArchive } from '../../support/image-archive.ts';
import { alone, custom, type Lab, newer, type Step, type StepGroup } from '../step.ts';
import { ran, tried, type Body } from './tried.ts';

const IMAGE = 'copied:1';
const TIME = 1_000_000_000_000_000_000n as never;

const image = (): Uint8Array =>
  dockerArchive(
    buildImage({
      tags: [IMAGE],
      config: { Volumes: { '/declared': {} } },
      layers: [
        busyboxLayer(),
        [
          {
            entry: { name: 'data/', type: 'directory', mode: 0o751, uid: 1000, gid: 1001, modifiedAt: TIME },
          },
          { entry: { name: 'data/file', mode: 0o640, uid: 5, gid: 6, modifiedAt: TIME }, content: 'one' },
          { entry: { name: 'data/set', mode: 0o4755, modifiedAt: TIME }, content: 'two' },
          { entry: { name: 'data/sub/', type: 'directory', mode: 0o1777, modifiedAt: TIME } },
          { entry: { name: 'data/sub/twin', type: 'hardlink', linkName: 'data/file' } },
          { entry: { name: 'data/link', type: 'symlink', linkName: '/etc/passwd', modifiedAt: TIME } },
          {
            entry: {
              name: 'data/marked',
              modifiedAt: TIME,
              xattrs: new Map([['user.colour', Buffer.from('red')]]),
            },
          },
          { entry: { name: 'declared/', type: 'directory', mode: 0o700, uid: 7, gid: 7 } },
          { entry: { name: 'declared/here' } },
          { entry: { name: 'outside', type: 'symlink', linkName: '/etc' } },
        ],
      ],
    }),
  );

const LOOK =
  'cd /a; stat -c "%n %u:%g %a %F %h" . * sub/*; stat -c "%n %Y" file link set marked; cat file; readlink link';

const from = (body: Body): Body => ({ Image: IMAGE, ...body });

const binds = (...list: readonly string[]): Body => from({ HostConfig: { Binds: list } });

const mounts = (...list: readonly object[]): Body => from({ HostConfig: { Mounts: list } });

const removed = (name: string, ...volumes: readonly string[]): Step =>
  custom(name, async ({ engine }) => (await engine.docker(['volume', 'rm', '-f', ...volumes])).code);

const copied = { covers: ['mount: copy-up'] };
const parts = { covers: ['mount: subpath'], version: '1.45' };
const ALONE = 'dockerd 20.10 ends at 1.41';
const shown = (stdout: readonly string[]) => ({ status: 201, Warnings: [], code: 0, stdout, stderr: '' });

const volumesFrom = (name: string, text: string, command: string): Step =>
  ran(name, { HostConfig: { VolumesFrom: [text] } }, command, { covers: ['mount: volumes-from'] });

const ATTRIBUTE = async ({ engine }: Lab): Promise<unknown> => {
  await engine.docker(['create', '--name', 'marker', '-v', 'marked:/data', IMAGE]);
  const path = join(engine.dataRoot, 'volumes/marked/_data/marked');
  const value = getXattr(path, 'user.colour')?.toString();
  await engine.docker(['rm', 'marker']);
  return value ?? 'none';
};

/** How volumes get an image's files, and what containers find at a mount. */
export const volumeMountSteps: StepGroup = {
  noun: 'volume-mounts',
  steps: [
    custom('an image with files', async ({ engine }) => {
      const { code } = await engine.docker(['load', '-q'], { input: image() });
      return code;
    }),
    ran('owners, modes, links and times are copied', binds('new:/data', 'new:/a'), LOOK, copied),
    custom('attributes are copied', ATTRIBUTE, copied),
    ran('a volume with files keeps them', binds('new:/declared', 'new:/a'), 'ls /a', copied),
    ran('nocopy', binds('bare:/data:nocopy', 'bare:/a'), 'ls /a; stat -c "%u %a" /a', copied),
    ran(
      'NoCopy',
      mounts(
        { Type: 'volume', Source: 'empty', Target: '/data', VolumeOptions: { NoCopy: true } },
        { Type: 'volume', Source: 'empty', Target: '/a', VolumeOptions: { NoCopy: true } },
      ),
      'ls /a',
      copied,
    ),
    ran('a read-only one', binds('fixed:/data:ro', 'fixed:/a'), 'cat /a/file; touch /data/x', copied),
    ran('what the image declares', from({}), 'ls /declared; stat -c "%u %a" /declared', copied),
    newer(
      ran('a file is no directory', binds('filed:/data/file', 'filed:/a'), 'ls /a', copied),
      'the path is that of the image',
      { message: 'source /data/file is not directory' },
    ),
    ran(
      'a directory that is not there',
      binds('nowhere:/nowhere', 'nowhere:/a'),
      'ls /a; stat -c "%u %a" /a',
      copied,
    ),
    ran('a bind is not filled', binds('/tmp/berth-conformance/unfilled:/data'), 'ls /data', copied),
    custom(
      'a container that was only made',
      async ({ engine }) => {
        await engine.docker(['create', '--name', 'made', '-v', 'early:/data', IMAGE]);
        const { stdout } = await engine.docker(['run', '--rm', '-v', 'early:/a', 'busybox', 'ls', '/a']);
        await engine.docker(['rm', 'made']);
        return stdout.split('\n');
      },
      copied,
    ),
    custom('a giver', async ({ engine }) => {
      const words = ['-v', 'given:/data', '-v', '/tmp:/host:ro', '-v', '/anon', '--tmpfs', '/mem'];
      return (await engine.docker(['create', '--name', 'giver', ...words, IMAGE])).code;
    }),
    volumesFrom(
      'volumes of another',
      'giver',
      'ls /data; touch /data/x /anon/x && touch /host/x 2>&1; ls -d /mem',
    ),
    volumesFrom('read-only', 'giver:ro', 'touch /data/y 2>&1; touch /anon/y 2>&1'),
    volumesFrom('writable', 'giver:rw', 'touch /data/y && echo ok; touch /host/y 2>&1'),
    volumesFrom('with a label', 'giver:z', 'ls /data'),
    volumesFrom('nocopy', 'giver:nocopy', 'ls /data'),
    ran(
      'its own bind comes before',
      { HostConfig: { VolumesFrom: ['giver'], Binds: ['own:/data'] } },
      'ls /data',
      { covers: ['mount: volumes-from'] },
    ),
    custom('the giver goes', async ({ engine }) => (await engine.docker(['rm', '-v', 'giver'])).code),
    ran('labels', binds('new:/a:z', 'new:/b:Z', '/tmp:/c:Z,ro'), 'ls -d /a /b /c', {
      covers: ['mount: z and Z'],
    }),
    tried('a bind that shall not be filled', binds('/tmp:/a:nocopy'), {
      covers: ['mount: modes of the other kind'],
    }),
    tried('a volume that passes mounts on', binds('new:/a:rslave'), {
      covers: ['mount: modes of the other kind'],
    }),
    tried('a bind with a consistency', binds('/tmp:/a:cached,ro'), {
      covers: ['mount: modes of the other kind'],
    }),
    tried('read-only and not', binds('/tmp:/a:ro,rw'), { covers: ['mount: modes of the other kind'] }),
    tried('a mode twice', binds('new:/a:ro,ro'), { covers: ['mount: modes of the other kind'] }),
    tried('an empty mode', binds('new:/a:'), { covers: ['mount: modes of the other kind'] }),
    tried('no place between', binds('new::ro'), { covers: ['mount: modes of the other kind'] }),
    tried('no source', binds(':/a:ro'), { covers: ['mount: modes of the other kind'] }),
    tried('a place of dots', binds('new:/a/..:ro'), { covers: ['mount: modes of the other kind'] }),
    tried('a mode of blanks', binds('new:/a: ro'), { covers: ['mount: modes of the other kind'] }),
    tried(
      'a bind with options of volumes',
      mounts({ Type: 'bind', Source: '/tmp', Target: '/a', VolumeOptions: { NoCopy: true } }),
      { covers: ['mount: modes of the other kind'] },
    ),
    tried(
      'a volume with options of binds',
      mounts({ Type: 'volume', Source: 'new', Target: '/a', BindOptions: { Propagation: 'rslave' } }),
      { covers: ['mount: modes of the other kind'] },
    ),
    tried(
      'a volume with another driver than it has',
      mounts({
        Type: 'volume',
        Source: 'new',
        Target: '/a',
        VolumeOptions: { DriverConfig: { Name: 'local', Options: { type: 'tmpfs' } } },
      }),
      { covers: ['mount: modes of the other kind'] },
    ),
    tried('two labels', binds('new:/a:z,Z'), { covers: ['mount: z and Z'] }),
    tried('a private source can not be shared', binds('/proc:/a:rshared'), {
      covers: ['mount: propagation'],
    }),
    ran('private', binds('/tmp:/a:private'), 'grep -c " /a .*\\(shared\\|master\\)" /proc/self/mountinfo', {
      covers: ['mount: propagation'],
    }),
    ran('a source that is made is root’s', binds('/tmp/berth-conformance/made:/a'), 'stat -c "%u %g %a" /a', {
      covers: ['mount: bind sources'],
    }),
    ran('a file stays one', binds('/etc/hostname:/a:ro'), 'test -f /a && echo file', {
      covers: ['mount: bind sources'],
    }),
    alone(
      ran(
        'a part of a volume',
        mounts({ Type: 'volume', Source: 'new', Target: '/b', VolumeOptions: { Subpath: 'sub' } }),
        'ls /b; stat -c %a /b',
        parts,
      ),
      ALONE,
      shown(['twin', '1777']),
    ),
    alone(
      ran(
        'a link in a volume leads no further than the volume',
        mounts({ Type: 'volume', Source: 'new', Target: '/b', VolumeOptions: { Subpath: 'link' } }),
        'cat /b',
        parts,
      ),
      ALONE,
      {
        status: 201,
        Warnings: [],
        code: 1,
        stdout: [],
        stderr:
          'Error response from daemon: cannot access path <root>/data/volumes/new/_data/link: lstat <root>/data/volumes/new/_data/link: no such file or directory\n',
      },
    ),
    alone(
      tried(
        'a part that is not there',
        mounts({ Type: 'volume', Source: 'new', Target: '/b', VolumeOptions: { Subpath: 'none' } }),
        parts,
      ),
      ALONE,
      {
        status: 201,
        Warnings: [],
        started: 404,
        message:
          'cannot access path <root>/data/volumes/new/_data/none: lstat <root>/data/volumes/new/_data/none: no such file or directory',
        state: {
          Status: 'created',
          ExitCode: 128,
          Error:
            'cannot access path <root>/data/volumes/new/_data/none: lstat <root>/data/volumes/new/_data/none: no such file or directory',
        },
      },
    ),
    removed(
      'the volumes go',
      'new',
      'bare',
      'empty',
      'fixed',
      'filed',
      'nowhere',
      'early',
      'given',
      'own',
      'marked',
    ),
    custom('the image goes', async ({ engine }) => (await engine.docker(['rmi', IMAGE])).code),
  ],
};
