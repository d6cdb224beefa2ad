// SPDX-License-Identifier: Apache-2.0
import { covering, api, cli, custom, newer, type StepGroup } from '../step.ts';

const RAW = 'below 1.42 the stream has the type raw-stream, where 20.10 named none';
const RAW_TYPE = { type: 'application/vnd.docker.raw-stream' };

/** What docker logs reads back. */
export const logsSteps: StepGroup = {
  noun: 'logs',
  steps: [
    cli('a container that prints to both', [
      'run',
      '--name',
      'both',
      'busybox',
      'sh',
      '-c',
      'for i in 1 2 3 4 5; do echo out $i; sleep 0.02; echo err $i >&2; sleep 0.02; done',
    ]),
    ...covering('logs: streams', cli('all', ['logs', 'both'])),
    ...covering('logs: tail', cli('the last two', ['logs', '--tail', '2', 'both'])),
    ...covering('logs: tail', cli('the last none', ['logs', '--tail', '0', 'both'])),
    ...covering('logs: tail', cli('more than there are', ['logs', '--tail', '100', 'both'])),
    cli('with times', ['logs', '-t', 'both']),
    ...covering(
      'logs: timestamps',
      custom('the times have nine digits', async ({ engine }) => {
        const { stdout } = await engine.docker(['logs', '-t', 'both']);
        return stdout
          .split('\n')
          .every((line) => line === '' || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z /.test(line));
      }),
    ),
    ...covering('logs: since', cli('since the future', ['logs', '--since', '2099-01-01T00:00:00Z', 'both'])),
    cli('since the past', ['logs', '--since', '2001-01-01T00:00:00Z', 'both']),
    ...covering('logs: until', cli('until the past', ['logs', '--until', '2001-01-01T00:00:00Z', 'both'])),
    cli('until the future', ['logs', '--until', '2099-01-01T00:00:00Z', '--tail', '1', 'both']),
    ...covering('logs: follow', cli('followed to the end', ['logs', '-f', 'both'])),
    ...covering(
      ['logs: streams', 'logs: content type'],
      newer(api('stdout alone', 'GET', '/containers/both/logs?stdout=1'), RAW, RAW_TYPE),
    ),
    newer(api('stderr alone, the last one', 'GET', '/containers/both/logs?stderr=1&tail=1'), RAW, RAW_TYPE),
    ...covering('logs: streams', api('no stream at all', 'GET', '/containers/both/logs')),
    api('of nobody', 'GET', '/containers/nobody/logs?stdout=1'),
    ...covering(
      'logs: since',
      api('since what is no time', 'GET', '/containers/both/logs?stdout=1&since=zz'),
    ),
    ...covering(
      'logs: content type',
      newer(
        api('the multiplexed type since 1.42', 'GET', '/v1.51/containers/both/logs?stdout=1&tail=0', {
          unversioned: true,
        }),
        'the type has a name of its own since 1.42',
        { status: 200, type: 'application/vnd.docker.multiplexed-stream', body: '' },
      ),
    ),
    ...covering(
      'logs: since',
      custom('since a time between two lines', async ({ engine }) => {
        const { stdout } = await engine.docker(['logs', '-t', 'both']);
        const third = stdout.split('\n')[2]?.split(' ')[0] ?? '';
        return (await engine.docker(['logs', '--since', third, 'both'])).stdout;
      }),
    ),
    ...covering(
      'logs: until',
      custom('until a time between two lines', async ({ engine }) => {
        const { stdout } = await engine.docker(['logs', '-t', 'both']);
        const third = stdout.split('\n')[2]?.split(' ')[0] ?? '';
        return (await engine.docker(['logs', '--until', third, 'both'])).stdout;
      }),
    ),
    cli('a line without an end', ['run', '--name', 'open', 'busybox', 'printf', 'no end']),
    ...covering('logs: long lines', cli('is read back without one', ['logs', 'open'])),
    cli('empty lines', ['run', '--name', 'empty', 'busybox', 'printf', '\\n\\na\\n\\n']),
    cli('are kept', ['logs', 'empty']),
    cli('characters to escape', ['run', '--name', 'odd', 'busybox', 'printf', '<a>&"\\\\ \\t\\001 é\\n']),
    cli('come back', ['logs', 'odd']),
    ...covering(
      'log driver: json-file',
      custom('and stand escaped in the file', async ({ engine }) => {
        const { stdout } = await engine.docker(['inspect', '-f', '{{.LogPath}}', 'odd']);
        const { readFile } = await import('node:fs/promises');
        const [line] = (await readFile(stdout.trim(), 'utf8')).split('\n');
        return line ?? '';
      }),
    ),
    cli(
      'a line longer than a buffer',
      ['run', '--name', 'long', 'busybox', 'sh', '-c', 'head -c 40000 /dev/zero | tr "\\0" x; echo'],
      {
        rules: [[/x{40000}/, '<40000 x>']],
      },
    ),
    ...covering(
      'logs: long lines',
      cli('comes back whole', ['logs', 'long'], { rules: [[/x{40000}/, '<40000 x>']] }),
    ),
    ...covering(
      ['logs: long lines', 'log driver: json-file'],
      custom('and stands in pieces in the file', async ({ engine }) => {
        const { stdout } = await engine.docker(['inspect', '-f', '{{.LogPath}}', 'long']);
        const { readFile } = await import('node:fs/promises');
        const lines = (await readFile(stdout.trim(), 'utf8')).trimEnd().split('\n');
        return lines.map((line) => (JSON.parse(line) as { log: string }).log.length);
      }),
    ),
    cli('a terminal', ['run', '-d', '-t', '--name', 'tty', 'busybox', 'echo', 'on a terminal']),
    cli('to its end', ['wait', 'tty']),
    ...covering(
      ['logs: content type', 'pitfall 17'],
      newer(
        custom('is logged raw', async ({ engine }) => {
          const answer = await engine.request('GET', '/v1.41/containers/tty/logs?stdout=1');
          return { type: answer.headers['content-type'], text: answer.text };
        }),
        RAW,
        RAW_TYPE,
      ),
    ),
    cli('details', [
      'run',
      '--name',
      'labelled',
      '--log-opt',
      'labels=k',
      '-l',
      'k=v',
      'busybox',
      'echo',
      'x',
    ]),
    ...covering('logs: details', cli('are shown', ['logs', '--details', 'labelled'])),
    cli('a created one', ['create', '--name', 'created', 'busybox', 'true']),
    ...covering('logs: tail', cli('has no logs', ['logs', 'created'])),
    cli('no log driver', [
      'run',
      '--name',
      'mute',
      '--log-driver',
      'none',
      'busybox',
      'echo',
      'heard anyway',
    ]),
    ...covering(['logs: driver none', 'log driver: none'], cli('can not be read', ['logs', 'mute'])),
    cli(
      'rotated files',
      [
        'run',
        '--name',
        'rotated',
        '--log-opt',
        'max-size=10k',
        '--log-opt',
        'max-file=3',
        'busybox',
        'seq',
        '1',
        '1000',
      ],
      {
        rules: [[/[\s\S]+/, '<numbers>']],
      },
    ),
    ...covering(
      ['log driver: json-file max-size', 'log driver: json-file max-file'],
      cli('the last lines over the files', ['logs', '--tail', '3', 'rotated']),
    ),
    ...covering(
      'logs: follow',
      custom('a follower sees what comes later', async ({ engine }) => {
        await engine.docker([
          'run',
          '-d',
          '--name',
          'later',
          'busybox',
          'sh',
          '-c',
          'echo 1; sleep 0.5; echo 2; sleep 0.3; echo 3',
        ]);
        return (await engine.docker(['logs', '-f', 'later'])).stdout;
      }),
    ),
  ],
};
