// SPDX-License-Identifier: Apache-2.0
import { alone, cli, custom, newer, type Step, type StepGroup } from '../step.ts';
import { ran, told, tried, type Body } from './tried.ts';

const ALONE = 'dockerd 20.10 ends at 1.41';

const mounted = (mount: object, more: object = {}): Body => ({ HostConfig: { Mounts: [mount], ...more } });

const bad = (name: string, mount: object): Step =>
  told(name, mounted(mount), { covers: ['HostConfig.Mounts errors'] });

const refused = (step: Step, message: string, status = 400): Step =>
  newer(step, 'the text of 28.5', () => ({ status, message }));

const seen = (row: string, name: string, mount: object, command: string): Step =>
  ran(name, mounted(mount), command, { covers: [`HostConfig.Mounts ${row}`] });

const binds = (name: string, list: readonly string[], command: string): Step =>
  ran(name, { HostConfig: { Binds: list } }, command, {
    covers: ['HostConfig.Binds', 'HostConfig.Binds modes'],
  });

/** Mounts of a container that was made and not started. */
const listed = (name: string, body: Body, covers: readonly string[]): Step =>
  custom(
    name,
    async ({ engine }) => {
      const made = await engine.request('POST', '/v1.41/containers/create', {
        body: { Image: 'busybox', Cmd: ['true'], ...body },
      });
      const { Id } = made.json as { Id?: string };
      if (Id === undefined) return { status: made.status, body: made.json };
      const told = await engine.request('GET', `/v1.41/containers/${Id}/json`);
      await engine.request('DELETE', `/v1.41/containers/${Id}?v=1`);
      const { Mounts } = told.json as { Mounts: { Destination: string }[] };
      return Mounts.toSorted((one, other) => (one.Destination < other.Destination ? -1 : 1));
    },
    { covers },
  );

const OPTIONS = 'grep " /a " /proc/mounts | cut -d" " -f2-4 | sed "s/,inode64//;s/,relatime//"';

/** Everything that can be mounted, as it is seen from inside. */
export const mountSteps: StepGroup = {
  noun: 'mounts',
  steps: [
    bad('no type', { Target: '/a' }),
    bad('a type of Windows', { Type: 'npipe', Source: 'x', Target: '/a' }),
    bad('a bind without a source', { Type: 'bind', Target: '/a' }),
    bad('a bind from a relative path', { Type: 'bind', Source: 'rel', Target: '/a' }),
    bad('a bind to a relative path', { Type: 'bind', Source: '/tmp', Target: 'a' }),
    bad('a bind to the root', { Type: 'bind', Source: '/tmp', Target: '/' }),
    bad('a tmpfs with a source', { Type: 'tmpfs', Source: '/tmp', Target: '/a' }),
    bad('an anonymous volume, read-only', { Type: 'volume', Target: '/a', ReadOnly: true }),
    bad('a propagation that is none', {
      Type: 'bind',
      Source: '/tmp',
      Target: '/a',
      BindOptions: { Propagation: 'zz' },
    }),
    bad('a volume by a name that is none', { Type: 'volume', Source: 'a/b', Target: '/a' }),
    bad('a volume by a name of one letter', { Type: 'volume', Source: 'a', Target: '/a' }),
    told(
      'a bind by a name of one letter',
      { HostConfig: { Binds: ['a:/a'] } },
      { covers: ['HostConfig.Binds errors'] },
    ),
    told(
      'a bind by a relative path',
      { HostConfig: { Binds: ['a/b:/a'] } },
      { covers: ['HostConfig.Binds errors'] },
    ),
    told(
      'a bind without a target',
      { HostConfig: { Binds: ['/tmp:'] } },
      { covers: ['HostConfig.Binds errors'] },
    ),
    told(
      'two binds at one place, written otherwise',
      { HostConfig: { Binds: ['/tmp:/a/', '/root:/b/../a'] } },
      { covers: ['HostConfig.Mounts duplicates', 'pitfall 16'] },
    ),
    told(
      'a bind and a mount at one place',
      { HostConfig: { Binds: ['/tmp:/a'], Mounts: [{ Type: 'tmpfs', Target: '/a/' }] } },
      { covers: ['HostConfig.Mounts duplicates'] },
    ),
    told(
      'a bind and a tmpfs at one place',
      { HostConfig: { Binds: ['/tmp:/a'], Tmpfs: { '/a': '' } } },
      { covers: ['HostConfig.Mounts duplicates'] },
    ),
    listed(
      'a bind and a volume at one place',
      { Volumes: { '/a': {} }, HostConfig: { Binds: ['/tmp:/a'] } },
      ['HostConfig.Mounts duplicates'],
    ),
    newer(
      listed(
        'mounts of all kinds',
        {
          Volumes: { '/vol': {} },
          HostConfig: {
            Binds: ['/tmp:/bind:ro', 'named:/named', '/alone'],
            Mounts: [
              { Type: 'tmpfs', Target: '/tmpfs' },
              { Type: 'bind', Source: '/root', Target: '/bound' },
              { Type: 'volume', Source: 'other', Target: '/other' },
            ],
          },
        },
        ['inspect: Mounts', 'HostConfig.Binds', 'pitfall 13', 'HostConfig.Mounts type=volume'],
      ),
      'the same',
      (oracle) => oracle,
    ),
    cli('volumes are named', ['volume', 'ls', '-q', '-f', 'name=named', '-f', 'name=other'], { sort: true }),
    seen(
      'type=bind',
      'a bind',
      { Type: 'bind', Source: '/tmp', Target: '/a' },
      'test -d /a && grep -c " /a " /proc/mounts',
    ),
    seen(
      'BindOptions.Propagation',
      'a bind that is shared',
      { Type: 'bind', Source: '/tmp', Target: '/a', BindOptions: { Propagation: 'rslave' } },
      'grep -c " /a .*master:" /proc/self/mountinfo',
    ),
    seen(
      'BindOptions.NonRecursive',
      'a bind without what is below',
      { Type: 'bind', Source: '/sys/fs', Target: '/a', BindOptions: { NonRecursive: true } },
      'grep -c " /a" /proc/mounts',
    ),
    alone(
      ran(
        'a bind whose source is made',
        mounted({
          Type: 'bind',
          Source: '/tmp/berth-conformance/made',
          Target: '/a',
          BindOptions: { CreateMountpoint: true },
        }),
        'test -d /a && echo made',
        {
          covers: ['HostConfig.Mounts BindOptions.CreateMountpoint'],
          version: '1.42',
        },
      ),
      ALONE,
      { status: 201, Warnings: [], code: 0, stdout: ['made'], stderr: '' },
    ),
    seen(
      'VolumeOptions.Labels',
      'a volume with labels',
      { Type: 'volume', Source: 'labelled', Target: '/a', VolumeOptions: { Labels: { k: 'v' } } },
      'test -d /a',
    ),
    cli('its labels', ['volume', 'inspect', '-f', '{{json .Labels}}', 'labelled'], {
      covers: ['HostConfig.Mounts VolumeOptions.Labels'],
    }),
    seen(
      'VolumeOptions.NoCopy',
      'a volume without a copy',
      { Type: 'volume', Source: 'bare', Target: '/etc', VolumeOptions: { NoCopy: true } },
      'test -e /etc/passwd || echo bare',
    ),
    ran(
      'a volume with a copy',
      mounted({ Type: 'volume', Source: 'full', Target: '/etc' }),
      'stat -c "%a %u" /etc/passwd /etc',
      { covers: ['HostConfig.Mounts type=volume', 'pitfall 14'] },
    ),
    custom(
      'a copy is made at create',
      async ({ engine }) => {
        await engine.request('POST', '/v1.41/containers/create?name=copied', {
          body: { Image: 'busybox', HostConfig: { Binds: ['copied:/etc'] } },
        });
        const { stdout } = await engine.docker(['volume', 'inspect', '-f', '{{.Mountpoint}}', 'copied']);
        const { readdir } = await import('node:fs/promises');
        const files = await readdir(stdout.trim());
        await engine.docker(['rm', 'copied']);
        return files.includes('passwd');
      },
      { covers: ['pitfall 14'] },
    ),
    seen(
      'VolumeOptions.DriverConfig',
      'a volume by a driver',
      { Type: 'volume', Source: 'driven', Target: '/a', VolumeOptions: { DriverConfig: { Name: 'local' } } },
      'test -d /a && echo driven',
    ),
    seen(
      'TmpfsOptions.SizeBytes',
      'a tmpfs of a size',
      { Type: 'tmpfs', Target: '/a', TmpfsOptions: { SizeBytes: 1048576 } },
      OPTIONS,
    ),
    seen(
      'TmpfsOptions.Mode',
      'a tmpfs of a mode',
      { Type: 'tmpfs', Target: '/a', TmpfsOptions: { Mode: 0o711 } },
      'stat -c %a /a',
    ),
    seen('type=tmpfs', 'a plain tmpfs', { Type: 'tmpfs', Target: '/a' }, OPTIONS),
    alone(
      ran(
        'a tmpfs to run programs from',
        mounted({ Type: 'tmpfs', Target: '/a', TmpfsOptions: { Options: [['exec']] } }),
        'grep " /a " /proc/mounts | grep -c noexec',
        {
          covers: ['HostConfig.Mounts TmpfsOptions.Options'],
          version: '1.46',
        },
      ),
      ALONE,
      { status: 201, Warnings: [], code: 1, stdout: ['0'], stderr: '' },
    ),
    alone(
      told(
        'a tmpfs with an option that is none',
        mounted({ Type: 'tmpfs', Target: '/a', TmpfsOptions: { Options: [['zz']] } }),
        {
          covers: ['HostConfig.Mounts TmpfsOptions.Options'],
          version: '1.46',
        },
      ),
      ALONE,
      { status: 400, message: 'invalid mount config for type "tmpfs": invalid option: "zz"' },
    ),
    alone(
      ran(
        'a part of a volume',
        mounted({ Type: 'volume', Source: 'full', Target: '/a', VolumeOptions: { Subpath: 'passwd' } }),
        'test -f /a && echo there',
        {
          covers: ['HostConfig.Mounts VolumeOptions.Subpath'],
          version: '1.45',
        },
      ),
      ALONE,
      { status: 201, Warnings: [], code: 0, stdout: ['there'], stderr: '' },
    ),
    alone(
      told(
        'a part outside of a volume',
        mounted({ Type: 'volume', Source: 'full', Target: '/a', VolumeOptions: { Subpath: '../x' } }),
        {
          covers: ['HostConfig.Mounts VolumeOptions.Subpath'],
          version: '1.45',
        },
      ),
      ALONE,
      {
        status: 400,
        message: 'invalid mount config for type "volume": subpath must be a relative path within the volume',
      },
    ),
    alone(
      ran(
        'an image as a mount',
        mounted({ Type: 'image', Source: 'busybox', Target: '/a' }),
        'ls -d /a/bin; touch /a/x 2>&1 | grep -c Read-only',
        {
          covers: ['HostConfig.Mounts type=image'],
          version: '1.48',
        },
      ),
      ALONE,
      {
        status: 201,
        Warnings: ['Image mount is an experimental feature'],
        code: 0,
        stdout: ['/a/bin', '1'],
        stderr: '',
      },
    ),
    alone(
      ran(
        'a part of an image',
        mounted({ Type: 'image', Source: 'busybox', Target: '/a', ImageOptions: { Subpath: 'bin' } }),
        'ls -d /a/sh',
        {
          covers: ['HostConfig.Mounts ImageOptions.Subpath'],
          version: '1.48',
        },
      ),
      ALONE,
      {
        status: 201,
        Warnings: ['Image mount is an experimental feature'],
        code: 0,
        stdout: ['/a/sh'],
        stderr: '',
      },
    ),
    binds('a source that is made', ['/tmp/berth-conformance/of-binds:/a'], 'stat -c %a /a'),
    binds(
      'modes',
      ['/tmp:/a:ro,rslave', 'modal:/b:nocopy,z'],
      'grep -c " /a .* ro[, ].*master:" /proc/self/mountinfo; test -d /b && echo there',
    ),
    ran(
      'tmpfs at a place of the image',
      { HostConfig: { Tmpfs: { '/etc': 'mode=700,noexec' } } },
      'ls /etc | sort; stat -c %a /etc',
      { covers: ['HostConfig.Tmpfs'] },
    ),
    cli('one with volumes', [
      'create',
      '--name',
      'giver',
      '-v',
      'given:/given',
      '-v',
      '/anon',
      '-v',
      '/tmp:/host:ro',
      'busybox',
      'true',
    ]),
    listed('volumes of another', { HostConfig: { VolumesFrom: ['giver'] } }, ['HostConfig.VolumesFrom']),
    listed('volumes of another, read-only', { HostConfig: { VolumesFrom: ['giver:ro'] } }, [
      'HostConfig.VolumesFrom',
    ]),
    listed('volumes of another, otherwise', { HostConfig: { VolumesFrom: ['giver:zz'] } }, [
      'HostConfig.VolumesFrom',
    ]),
    cli('and they go', ['rm', '-v', 'giver']),
    tried('a cluster mount', mounted({ Type: 'cluster', Source: 'x', Target: '/a' }), {
      covers: ['HostConfig.Mounts type=npipe and cluster'],
    }),
    cli(
      'the volumes go',
      ['volume', 'rm', 'named', 'other', 'labelled', 'bare', 'full', 'copied', 'driven', 'modal', 'given'],
      { sort: true },
    ),
    refused(
      told('an image that is not there', mounted({ Type: 'image', Source: 'nope', Target: '/a' }), {
        covers: ['HostConfig.Mounts type=image'],
        version: '1.48',
      }),
      'No such image: nope:latest',
      404,
    ),
  ],
};
