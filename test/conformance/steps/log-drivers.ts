// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  alone,
  cli,
  covering,
  custom,
  newer,
  reworded,
  type Lab,
  type Step,
  type StepGroup,
} from '../step.ts';

const NUMBERS = { rules: [[/[\s\S]+/, '<numbers>']] } as const;

/** A start that a bad value of an option fails. */
const failing = (name: string, ...options: readonly string[]): Step =>
  reworded(
    cli(name, ['run', '--rm', ...options, 'busybox', 'true']),
    'failed to initialize logging driver',
    'failed to create task for container: failed to initialize logging driver',
  );

const option = (text: string): readonly string[] => ['--log-opt', text];

/** The options of a driver that are looked at when the container is made. */
const refusals: readonly Step[] = [
  cli('an option that no driver knows', ['create', ...option('zz=1'), 'busybox', 'true']),
  cli('one that the local driver does not know', [
    'create',
    '--log-driver',
    'local',
    ...option('labels=a'),
    'busybox',
    'true',
  ]),
  cli('a driver that nobody knows', ['create', '--log-driver', 'zz', 'busybox', 'true']),
  cli('a mode that nobody knows', ['create', ...option('mode=zz'), 'busybox', 'true']),
  cli('a buffer of a log that blocks', ['create', ...option('max-buffer-size=1m'), 'busybox', 'true']),
  cli('a buffer of no size', [
    'create',
    ...option('mode=non-blocking'),
    ...option('max-buffer-size=zz'),
    'busybox',
    'true',
  ]),
  cli('a cache that is disabled in a strange way', [
    'create',
    ...option('cache-disabled=zz'),
    'busybox',
    'true',
  ]),
  ...[
    'max-size=zz',
    'max-size=0',
    'max-file=zz',
    'max-file=0',
    'compress=zz',
    'compress=true',
    'tag={{.Zz}}',
    'tag={{zz}}',
    'tag={{.ID',
    'tag={{.ID.Zz}}',
    'tag={{lower}}',
    'tag={{truncate .ID "x"}}',
  ].map((text) => failing(`json-file with ${text}`, ...option(text))),
  ...['max-size=zz', 'max-size=-1', 'max-file=zz', 'max-file=1', 'compress=zz'].map((text) =>
    failing(`local with ${text}`, '--log-driver', 'local', ...option(text)),
  ),
];

const directoryOf = async ({ engine }: Lab, name: string): Promise<string> =>
  dirname((await engine.docker(['inspect', '-f', '{{.ResolvConfPath}}', name])).stdout.trim());

/** The names of a container's log files, sorted, its own id left out. */
const logFiles = (name: string, container: string, ...below: readonly string[]): Step =>
  custom(name, async (lab) => {
    const directory = join(await directoryOf(lab, container), ...below);
    const files = (await readdir(directory)).filter((file) => file.includes('.log'));
    return files.map((file) => file.replace(/^[\da-f]{64}/, '<id>')).toSorted();
  });

const tags = [
  '{{.Name}}/{{.ImageName}}/{{.DaemonName}}/{{.Command}}',
  '{{join .ContainerArgs "-" | upper}}',
  '{{printf "%s|%q|%5d|%v" .Name "q" 42 .ContainerArgs}}',
  '{{if .Name}}{{title "abc"}}{{else}}none{{end}} {{pad "x" 1 2}}.',
  '{{index .ContainerLabels "k"}} {{len .ID}} {{truncate "abcdef" 3}} {{json .ContainerLabels}}',
];

const tagged = (tag: string, index: number): readonly Step[] => [
  cli(`a container tagged ${tag}`, [
    'run',
    '--name',
    `tag${index}`,
    '-l',
    'k=v',
    ...option(`tag=${tag}`),
    'busybox',
    'echo',
    'x',
    'y',
  ]),
  cli('has the tag in its details', ['logs', '--details', `tag${index}`]),
];

const attributes = [
  cli('labels and variables by name and by expression', [
    'run',
    '--name',
    'attributes',
    '-l',
    'a1=1',
    '-l',
    'b=2',
    '-l',
    'c=3',
    '-e',
    'E1=one',
    '-e',
    'F=two',

    ...option('labels=b,zz'),
    ...option('labels-regex=^a'),
    ...option('env-regex=^E'),
    ...option('env=F'),
    'busybox',
    'echo',
    'x',
  ]),
  cli('are the details', ['logs', '--details', 'attributes']),
];

const packed = [
  cli(
    'files that are packed',
    [
      'run',
      '--name',
      'packed',
      ...option('max-size=10k'),
      ...option('max-file=3'),
      ...option('compress=true'),
      'busybox',
      'seq',
      '1',
      '1000',
    ],
    NUMBERS,
  ),
  logFiles('have names of their own', 'packed'),
  cli('and are read as one', ['logs', '--tail', '150', 'packed']),
  cli('or from behind', ['logs', '--tail', '5', 'packed']),
];

const ring = [
  cli('a log that never blocks', [
    'run',
    '--name',
    'ring',
    ...option('mode=non-blocking'),
    'busybox',
    'seq',
    '3',
  ]),
  cli('is read back', ['logs', 'ring']),
  cli('shows its configuration', ['inspect', '-f', '{{json .HostConfig.LogConfig}}', 'ring']),
];

const jsonFile: readonly Step[] = [
  ...tags.flatMap(tagged),
  ...covering('log driver: json-file labels', ...attributes),
  ...covering(
    ['log driver: json-file max-size', 'log driver: json-file max-file', 'log driver: json-file compress'],
    ...packed,
  ),
  ...covering('log driver: mode', ...ring),
];

/** The time of an entry: its tag, then nine bytes of a varint. */
// eslint-disable-next-line no-control-regex -- the tag is one
const TIME = /\x10[^]{9}/;

const local: readonly Step[] = [
  cli(
    'a log of the local driver',
    [
      'run',
      '--name',
      'own',
      '--log-driver',
      'local',
      'busybox',
      'sh',
      '-c',
      'echo one; sleep 0.05; echo two >&2; sleep 0.05; echo; head -c 20000 /dev/zero | tr "\\0" y; echo; printf end',
    ],
    { rules: [[/y{20000}/, '<20000 y>']] },
  ),
  newer(
    cli('is read', ['logs', 'own'], { rules: [[/y{20000}/, '<20000 y>']] }),
    'a line keeps its end, also when it was cut',
    { stdout: ['one', '', '<20000 y>', 'end'] },
  ),
  cli('with times', ['logs', '-t', '--tail', '1', 'own']),
  cli('from behind', ['logs', '--tail', '1', 'own']),
  cli('since the future', ['logs', '--since', '2099-01-01T00:00:00Z', 'own']),
  cli('until the past', ['logs', '--until', '2001-01-01T00:00:00Z', 'own']),
  cli('followed to its end', ['logs', '-f', '--tail', '1', 'own']),
  cli('has no path', ['inspect', '-f', '[{{.LogPath}}] {{json .HostConfig.LogConfig}}', 'own']),
  logFiles('but a file', 'own', 'local-logs'),
  custom('in Moby’s format', async (lab) => {
    const bytes = await readFile(join(await directoryOf(lab, 'own'), 'local-logs', 'container.log'));
    const records: string[] = [];
    for (let at = 0; at < bytes.length; at += bytes.readUInt32BE(at) + 8)
      records.push(
        bytes
          .subarray(at, at + bytes.readUInt32BE(at) + 8)
          .toString('latin1')
          .replace(TIME, '<time>')
          .replace(/[\da-f]{64}/, '<id>')
          .replace(/y+/g, (run) => `<${run.length} y>`),
      );
    return records.map((record) => JSON.stringify(record)).toSorted();
  }),
  cli(
    'files of the local driver',
    [
      'run',
      '--name',
      'files',
      '--log-driver',
      'local',
      ...option('max-size=10k'),
      ...option('max-file=3'),
      'busybox',
      'seq',
      '1',
      '1500',
    ],
    NUMBERS,
  ),
  logFiles('are packed', 'files', 'local-logs'),
  cli('and read as one', ['logs', 'files']),
  cli('from behind', ['logs', '--tail', '700', 'files']),
  alone(
    custom('a follower sees what comes, over the files', async ({ engine }) => {
      const program = 'for i in $(seq 1 300); do echo $i; [ $((i % 50)) = 0 ] && sleep 0.1; done; true';
      const options = ['--log-driver', 'local', ...option('max-size=1k')];
      await engine.docker(['run', '-d', '--name', 'follow', ...options, 'busybox', 'sh', '-c', program]);
      const { stdout } = await engine.docker(['logs', '-f', 'follow']);
      return stdout.trimEnd().split('\n').at(-1) ?? '';
    }),
    'dockerd 20.10 loses sight of the file when it is exchanged',
    '300',
  ),
];

const none: readonly Step[] = [
  cli('a driver that keeps nothing', [
    'run',
    '--name',
    'mute',
    '--log-driver',
    'none',
    'busybox',
    'echo',
    'x',
  ]),
  cli('has nothing to read', ['logs', 'mute']),
  cli('and no path', ['inspect', '-f', '[{{.LogPath}}] {{json .HostConfig.LogConfig}}', 'mute']),
];

/** Drivers that can't read: a copy of the output is kept. */
const copies: readonly Step[] = [
  cli('a driver that can’t read', [
    'run',
    '--name',
    'far',
    '--log-driver',
    'syslog',
    ...option('syslog-address=udp://127.0.0.1:5514'),
    'busybox',
    'sh',
    '-c',
    'echo one; echo two; printf end',
  ]),
  cli('is read from its copy', ['logs', 'far']),
  cli('from behind', ['logs', '--tail', '1', 'far']),
  logFiles('which is a file', 'far'),
  cli('one without a copy', [
    'run',
    '--name',
    'lost',
    '--log-driver',
    'syslog',
    ...option('syslog-address=udp://127.0.0.1:5514'),
    ...option('cache-disabled=true'),
    'busybox',
    'echo',
    'one',
  ]),
  cli('can’t be read', ['logs', 'lost']),
];

const own: readonly Step[] = [
  alone(
    cli('a size without an end', ['run', '--rm', ...option('max-size=-1'), 'busybox', 'echo', 'x']),
    'json-file rotates by default (ADR 0014), and this undoes it; dockerd can not read it',
    { code: 0, stdout: 'x', stderr: '' },
  ),
];

/** The drivers json-file, local and none, and what holds for every driver. */
export const logDriverSteps: StepGroup = {
  noun: 'log-drivers',
  covers: ['HostConfig.LogConfig'],
  steps: [
    ...covering('log driver: options', ...refusals),
    ...covering('log driver: json-file', ...jsonFile),
    ...covering(['log driver: local', 'logs: LogPath'], ...local),
    ...covering(['log driver: cache', 'logs: drivers without reading'], ...copies),
    ...covering('log driver: none', ...none),
    ...covering('log driver: json-file max-size', ...own),
  ],
};
