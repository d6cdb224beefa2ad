// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../../support/engine.ts';
import { cli, COMMON_VERSION, custom, reworded, type Step, type StepGroup } from '../step.ts';

/** dockerd names files of an image by the host's path to them, in words that it had before 28. */
const RULES = {
  rules: [
    [/\S*\/merged(?=\/)/g, ''],
    [/failed to create task for container: /g, ''],
  ],
} as const;

/** A run that ends before any process does, or says something. */
const run = (name: string, ...args: readonly string[]): Step =>
  cli(name, ['run', '--rm', ...args], { ...RULES, sort: true });

/** CLI calls one after the other about a folder of the host's: what each answered. */
const onHost = (
  name: string,
  script: (folder: string, engine: Engine) => readonly (readonly string[] | (() => void))[],
): Step =>
  custom(name, async ({ engine }) => {
    const folder = join(engine.directory, 'odd');
    mkdirSync(folder);
    const answers: unknown[] = [];
    try {
      for (const call of script(folder, engine)) {
        if (typeof call === 'function') {
          call();
          continue;
        }
        const { code, stdout, stderr } = await engine.docker(call);
        const told = stderr
          .replaceAll('failed to create task for container: ', '')
          .replaceAll(/[0-9a-f]{64}/g, 'ID');
        answers.push({ code, stdout: stdout.replaceAll(/[0-9a-f]{64}/g, 'ID'), told });
      }
    } finally {
      await engine.docker(['rm', '-f', '-v', 'odd']);
      rmSync(folder, { recursive: true });
    }
    return answers;
  });

/** An API call that covers nothing: these are corners of rows that others stand for. */
const asked = (name: string, method: string, path: string, body?: object): Step =>
  custom(name, async ({ engine }) => {
    const options = body === undefined ? {} : { body };
    const { status, json, text } = await engine.request(method, `/v${COMMON_VERSION}${path}`, options);
    return { status, said: json ?? text };
  });

const create = (name: string, body: object): Step => asked(name, 'POST', '/volumes/create', body);

const found = (name: string, pattern: string): Step =>
  cli(name, ['volume', 'ls', '-q', '-f', `name=${pattern}`], { sort: true });

const from = (name: string, spec: string): Step =>
  cli(name, ['create', '--name', 'taker', '--volumes-from', spec, 'busybox', 'true']);

const volume = (engine: Engine, name: string): string => join(engine.dataRoot, 'volumes', name);

const STATE = ['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}', 'odd'];

/** Odd, but real: files in the way, sources that come and go, empty options, patterns. */
export const oddVolumeSteps: StepGroup = {
  noun: 'volumes-odd',
  steps: [
    run('a volume on a file', '-v', 'odd-1:/etc/passwd', 'busybox', 'true'),
    run('a volume below a file', '-v', 'odd-1:/etc/passwd/x', 'busybox', 'true'),
    run('an anonymous volume on a file', '-v', '/etc/passwd', 'busybox', 'true'),
    run('a volume of Mounts on a file', '--mount', 'type=volume,dst=/etc/passwd', 'busybox', 'true'),
    run('a volume below a volume', '-v', 'odd-1:/a/b', '-v', 'odd-2:/a', 'busybox', 'sh', '-c', 'ls /a'),
    run('a place with dots', '-v', 'odd-1:/a/../b//', 'busybox', 'ls', '-d', '/b'),
    run(
      'a volume read-only in a read-only root',
      '--read-only',
      '-v',
      'odd-1:/n/d',
      'busybox',
      'touch',
      '/n/d/x',
    ),
    run('a tmpfs with defaults', '--tmpfs', '/t:defaults,size=1m', 'busybox', 'df', '/t'),
    run('a tmpfs with an empty option', '--tmpfs', '/t:,', 'busybox', 'true'),
    run('a tmpfs twice', '--tmpfs', '/t', '--tmpfs', '/t/', 'busybox', 'ls', '/t'),
    cli('somebody with volumes', ['create', '--name', 'giver', '-v', 'odd-1:/v', 'busybox', 'true'], {
      rules: [[/^[0-9a-f]{64}$/, 'ID']],
    }),
    from('volumes of nobody', ''),
    from('volumes of no name', ':ro'),
    from('volumes in a mode too many', 'giver:ro:z'),
    cli('without somebody', ['rm', 'giver']),
    asked('a mount of no type', 'POST', '/containers/create', {
      Image: 'busybox',
      HostConfig: { Mounts: [{}] },
    }),
    onHost('a link that leads nowhere as a source', (folder) => [
      () => symlinkSync('nowhere', join(folder, 'link')),
      ['run', '--rm', '-v', `${folder}/link:/x`, 'busybox', 'true'],
      ['run', '--rm', '-v', `${folder}/link/sub:/x`, 'busybox', 'true'],
    ]),
    onHost('a source below a file', (folder) => [
      () => writeFileSync(join(folder, 'file'), ''),
      ['run', '--rm', '-v', `${folder}/file/sub:/x`, 'busybox', 'true'],
      ['run', '--rm', '--mount', `type=bind,src=${folder}/file/sub,dst=/x`, 'busybox', 'true'],
    ]),
    onHost('a source that goes and comes back', (folder) => [
      () => mkdirSync(join(folder, 'source')),
      [
        'create',
        '--name',
        'odd',
        '--mount',
        `type=bind,src=${folder}/source,dst=/x`,
        'busybox',
        'ls',
        '-d',
        '/x',
      ],
      () => rmdirSync(join(folder, 'source')),
      ['start', '-a', 'odd'],
      STATE,
      () => mkdirSync(join(folder, 'source')),
      ['start', '-a', 'odd'],
    ]),
    onHost('a copy to a source that is not there yet', (folder) => [
      () => writeFileSync(join(folder, 'file'), 'content'),
      ['create', '--name', 'odd', '-v', `${folder}/source:/x`, 'busybox', 'cat', '/x/file'],
      ['cp', '-q', `${folder}/file`, 'odd:/x/file'],
      ['start', '-a', 'odd'],
    ]),
    onHost('a volume taken away by hand', (_, engine) => [
      ['create', '--name', 'odd', '-v', 'odd-gone:/x', 'busybox', 'true'],
      () => rmSync(volume(engine, 'odd-gone'), { recursive: true }),
      ['start', 'odd'],
      STATE,
      ['run', '--rm', '-v', 'odd-gone:/bin', 'busybox', 'true'],
      ['rm', 'odd'],
      ['volume', 'rm', 'odd-gone'],
    ]),
    onHost('data of a volume kept elsewhere', (folder, engine) => [
      () => mkdirSync(join(folder, 'elsewhere')),
      ['volume', 'create', 'odd-link'],
      () => rmdirSync(join(volume(engine, 'odd-link'), '_data')),
      () => symlinkSync(join(folder, 'elsewhere'), join(volume(engine, 'odd-link'), '_data')),
      ['run', '--rm', '-v', 'odd-link:/x', 'busybox', 'touch', '/x/file'],
      () => rmSync(join(folder, 'elsewhere/file')),
      () => rmSync(join(volume(engine, 'odd-link'), '_data')),
      ['volume', 'rm', 'odd-link'],
    ]),
    create('an empty device', { Name: 'odd-empty', DriverOpts: { type: 'tmpfs', device: '' } }),
    run('and it in a container', '-v', 'odd-empty:/x', 'busybox', 'true'),
    create('an empty option', { Name: 'odd-none', DriverOpts: { o: '' } }),
    create('options and labels in any order', {
      Name: 'odd-order',
      DriverOpts: { type: 'tmpfs', o: 'size=1m', device: 'tmpfs' },
      Labels: { b: '2', a: '1' },
    }),
    create('a name that is too long', { Name: 'x'.repeat(256) }),
    asked('a volume without a name', 'GET', '/volumes/'),
    found('a pattern with flags', '(?i)^ODD-[12]$'),
    found('a pattern with a class', '^odd-[[:digit:]]$'),
    found('a pattern with a quotation', String.raw`\Qodd-1\E`),
    found('a pattern with an end', String.raw`\Aodd-1\z`),
    found('a pattern that looks ahead', 'odd(?=-1)'),
    reworded(
      cli('a filter that is none', ['volume', 'prune', '-f', '--filter', 'odd=1']),
      'Invalid filter',
      'invalid filter',
    ),
    custom('nothing is left', async ({ engine }) => {
      const { stdout } = await engine.docker(['volume', 'ls', '-q', '-f', 'name=odd-']);
      return (await engine.docker(['volume', 'rm', ...stdout.split('\n').filter(Boolean)])).code;
    }),
  ],
};
