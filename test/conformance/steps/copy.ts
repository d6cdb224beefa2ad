// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from 'node:zlib';
import { encodeTar, type TarMember } from '../../../src/spec/tar/write.ts';
import { listTar } from '../../support/tar-listing.ts';
import { api, cli, COMMON_VERSION, custom, newer, reworded, type Step, type StepGroup } from '../step.ts';

const archive = (container: string, path: string, more = ''): string =>
  `/containers/${container}/archive?path=${encodeURIComponent(path)}${more}`;

/** HEAD of a path: status and the stat, its time left out. */
const look = (name: string, container: string, path: string): Step =>
  custom(
    name,
    async ({ engine }) => {
      const answer = await engine.request('HEAD', `/v${COMMON_VERSION}${archive(container, path)}`);
      const head = answer.headers['x-docker-container-path-stat'];
      const stat =
        typeof head === 'string' ? (JSON.parse(Buffer.from(head, 'base64').toString()) as object) : {};
      return { status: answer.status, ...stat, mtime: '<time>' };
    },
    { covers: ['HEAD /containers/{id}/archive', 'rule: archive stat'] },
  );

/** GET of a path: the members of its archive. */
const read = (name: string, container: string, path: string): Step =>
  custom(
    name,
    async ({ engine }) => {
      const answer = await engine.request('GET', `/v${COMMON_VERSION}${archive(container, path)}`);
      const type = answer.headers['content-type'];
      if (answer.status !== 200) return { status: answer.status, body: answer.text };
      return { status: answer.status, type, members: await listTar(answer.bytes) };
    },
    { covers: ['GET /containers/{id}/archive', 'rule: archive read'] },
  );

/** PUT of an archive. */
const put = (
  name: string,
  container: string,
  path: string,
  body: Uint8Array | readonly TarMember[],
  more = '',
): Step => {
  const bytes = Buffer.from(body instanceof Uint8Array ? body : encodeTar(body));
  const headers = { 'Content-Type': 'application/x-tar' };
  const step = api(name, 'PUT', archive(container, path, more), {
    body: bytes,
    headers,
    covers: ['rule: archive write'],
  });
  // 20.10 unpacked in a process of its own.
  return reworded(step, 'Error processing tar file(exit status 1): ', '');
};

/** A target that is refused: the client's fault since 23. */
const wrong = (step: Step): Step =>
  newer(
    { ...step, covers: [...(step.covers ?? []), 'rule: archive read-only'] },
    "a bad target is the client's fault",
    { status: 400 },
  );

const show = (name: string, container: string, script: string): Step =>
  cli(name, ['exec', container, 'sh', '-c', script]);

const PREPARE =
  'mkdir -p /a/b && echo text > /a/f && ln /a/f /a/g && ln -s f /a/l && ln -s /a /link && ' +
  'ln -s /nowhere/at/all /broken && ln -s ../../../../etc/passwd /up && chmod 4755 /a/b && chown 7:8 /a/b && ' +
  'mkfifo /a/p && echo kept > /data/inside && sleep 600';

const FILE: readonly TarMember[] = [{ entry: { name: 'x', mode: 0o640, uid: 3, gid: 4 }, content: 'new' }];
const TREE: readonly TarMember[] = [
  { entry: { name: 't/', type: 'directory', mode: 0o711 } },
  { entry: { name: 't/f', mode: 0o751 }, content: 'one' },
  { entry: { name: 't/root', mode: 0o4755 }, content: 'set-uid' },
  { entry: { name: 't/h', type: 'hardlink', linkName: 't/f' } },
  { entry: { name: 't/s', type: 'symlink', linkName: '/etc/passwd' } },
  { entry: { name: 't/deep/down/f' }, content: 'implied' },
];

const reads = (container: string, when: string): readonly Step[] => [
  look(`a file, ${when}`, container, '/a/f'),
  look(`a directory, ${when}`, container, '/a/b'),
  look(`a relative path, ${when}`, container, 'a/../a/b/'),
  look(`a link, ${when}`, container, '/a/l'),
  look(`a link to a directory, ${when}`, container, '/link'),
  look(`through a link, ${when}`, container, '/link/'),
  look(`a broken link, ${when}`, container, '/broken'),
  look(`a link that climbs, ${when}`, container, '/up'),
  look(`the root, ${when}`, container, '/'),
  look(`nothing, ${when}`, container, '/none'),
  look(`a file as a directory, ${when}`, container, '/a/f/'),
  read(`reads a directory, ${when}`, container, '/a'),
  read(`reads a directory's content, ${when}`, container, '/a/.'),
  read(`reads a file, ${when}`, container, '/a/f'),
  read(`reads a link, ${when}`, container, '/a/l'),
  read(`reads a link to a directory, ${when}`, container, '/link'),
  read(`reads through a link, ${when}`, container, '/link/'),
  read(`reads a volume, ${when}`, container, '/data'),
  read(`reads a bind, ${when}`, container, '/bound/hello'),
  read(`reads nothing, ${when}`, container, '/none'),
  reworded(
    read(`reads a file as a directory, ${when}`, container, '/a/f/'),
    '<root>/data/overlay2/<id>/merged',
    '',
  ),
];

const writes = (container: string, when: string): readonly Step[] => [
  put(`writes a file, ${when}`, container, '/a/b', FILE),
  put(`writes a tree, ${when}`, container, '/a', TREE),
  put(`writes a packed tree, ${when}`, container, '/tmp', gzipSync(encodeTar(TREE))),
  put(`writes through a link, ${when}`, container, '/link', FILE),
  put(`writes into a volume, ${when}`, container, '/data', FILE),
  put(`writes as the user, ${when}`, container, '/tmp', FILE, '&copyUIDGID=1'),
  put(`writes nothing, ${when}`, container, '/a', new Uint8Array(0)),
  put(`writes what is no archive, ${when}`, container, '/a', Buffer.from('garbage')),
  put(`writes where nothing is, ${when}`, container, '/none', FILE),
  wrong(put(`writes into a file, ${when}`, container, '/a/f', FILE)),
  wrong(put(`writes into a read-only bind, ${when}`, container, '/bound', FILE)),
  put(
    `keeps a directory, ${when}`,
    container,
    '/a',
    [{ entry: { name: 'b' }, content: 'x' }],
    '&noOverwriteDirNonDir=1',
  ),
  put(
    `keeps a file, ${when}`,
    container,
    '/a',
    [{ entry: { name: 'f/', type: 'directory' } }],
    '&noOverwriteDirNonDir=true',
  ),
  put(`climbs, ${when}`, container, '/a', [{ entry: { name: '../../e' }, content: 'x' }]),
  put(`links upwards, ${when}`, container, '/a', [
    { entry: { name: 'up', type: 'symlink', linkName: '../../e' } },
  ]),
  read(`what was written, ${when}`, container, '/a'),
  read(`what was written into /tmp, ${when}`, container, '/tmp'),
  read(`what was written into the volume, ${when}`, container, '/data'),
];

/** `docker cp`, `docker export` and `docker diff`. */
export const copySteps: StepGroup = {
  noun: 'copy',
  steps: [
    cli('a container with files', [
      ...'run -d --name live -u root -v {files}:/bound:ro -v data:/data busybox sh -c'.split(' '),
      PREPARE,
    ]),
    custom('its files', async ({ engine }) => {
      for (let left = 100; left > 0; left -= 1) {
        const { stdout } = await engine.docker(['exec', 'live', 'cat', '/data/inside']);
        if (stdout === 'kept\n') return stdout;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return 'never';
    }),
    ...reads('live', 'running'),
    ...writes('live', 'running'),
    show('seen from inside', 'live', 'cat /a/b/x /a/t/deep/down/f /data/x; stat -c "%a %u %g" /a/t/f /a/x'),
    cli('differences, running', ['diff', 'live'], { sort: true, covers: ['rule: diff'] }),
    cli('changed and removed files', ['exec', 'live', 'sh', '-c', 'rm /etc/group; echo x >> /etc/passwd']),
    cli('differences to the image', ['diff', 'live'], { sort: true, covers: ['rule: diff'] }),
    cli('is stopped', ['stop', '-t', '0', 'live']),
    ...reads('live', 'stopped'),
    ...writes('live', 'stopped'),
    cli('differences, stopped', ['diff', 'live'], { sort: true, covers: ['rule: diff'] }),
    cli(
      'one that is not to be changed',
      'create --name fixed --read-only -v data:/data -u daemon busybox true'.split(' '),
    ),
    wrong(put('a read-only root', 'fixed', '/tmp', FILE)),
    put('a volume over a read-only root', 'fixed', '/data', FILE, '&copyUIDGID=1'),
    read('what the volume has', 'fixed', '/data'),
    api('no path', 'GET', '/containers/live/archive'),
    api('no container', 'GET', archive('nobody', '/')),
    api('no container to export', 'GET', '/containers/nobody/export'),
    api('no container to compare', 'GET', '/containers/nobody/changes'),
    cli('copies in', ['cp', '{files}/hello', 'live:/tmp/hello']),
    cli('copies to a directory that is not there', ['cp', '{files}/hello', 'live:/none/hello']),
    cli('copies from a file that is not there', ['cp', 'live:/none', '{files}/out']),
  ],
};
