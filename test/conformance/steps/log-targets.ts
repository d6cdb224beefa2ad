// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { asyncDisposable } from '../../../src/base/disposal.ts';
import { makeCertificates } from '../../support/log-targets/certificates.ts';
import {
  startDatagramReader,
  startStandIn,
  type Said,
  type StandIn,
} from '../../support/log-targets/start-stand-in.ts';
import { cli, covering, custom, newer, reworded, type Lab, type Step, type StepGroup } from '../step.ts';

const PORT = 5599;
const PLACE = `127.0.0.1:${PORT}`;

const flagsOf = (driver: string, options: readonly string[]): readonly string[] => [
  '--log-driver',
  driver,
  ...options.flatMap((option) => ['--log-opt', option]),
];

/** Says two lines, an empty one, one on stderr, and one that is longer than a message. */
const SCRIPT =
  'echo one; echo; sleep 0.3; echo two >&2; sleep 0.3; head -c 20000 /dev/zero | tr "\\0" y; echo; sleep 0.3; printf end';

/** What differs from run to run. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/\w{3} [ \d]\d \d\d:\d\d:\d\d/g, '<stamp>'],
  [/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g, '<time>'],
  [/\b(?:sha256:)?[\da-f]{64}\b/g, '<long id>'],
  [/\b[\da-f]{12}\b/g, '<id>'],
  [/\[\d+\]: /g, '[<pid>]: '],
  [/ \d+ (\S+) - /g, ' <pid> $1 - '],
  [/y{16384}/g, '<16384 y>'],
  [/y{3616}/g, '<3616 y>'],
  [/"?\b1[6-9]\d{8}(?:\.\d+|\d{3})?\b"?/g, '"<moment>"'],
];

const masked = (text: string): string => RULES.reduce((so, [pattern, by]) => so.replace(pattern, by), text);

const parse = (text: string): unknown => JSON.parse(masked(text));

const run = async ({ engine }: Lab, driver: string, options: readonly string[]): Promise<string> => {
  const about = ['--rm', '--name', 'sender', '-l', 'stage=test', '-e', 'HOW=well'];
  const { stderr } = await engine.docker([
    'run',
    ...about,
    ...flagsOf(driver, options),
    'busybox',
    'sh',
    '-c',
    SCRIPT,
  ]);
  return stderr.replace(/two\n/, '');
};

interface Sending {
  readonly kind: Parameters<typeof startStandIn>[1];
  readonly options: readonly string[];
  /** Whether everything has come. */
  readonly isDone: (text: string, said: readonly Said[]) => boolean;
  readonly told: (target: StandIn) => unknown;
}

/** Runs a container whose log goes to a stand-in; what that was told is compared. */
const sending = (name: string, driver: string, { kind, options, isDone, told }: Sending): Step =>
  custom(name, async (lab) => {
    await using target = await startStandIn(lab.engine.netns, kind, { port: PORT });
    const failure = await run(lab, driver, options);
    if (failure !== '') return failure;
    await target.until(isDone);
    return told(target);
  });

const linesOf = ({ text }: StandIn): readonly string[] => masked(text).split('\n');
const hasEnd = (text: string): boolean => /: end\n|- end\n/.test(text);

const syslog: readonly Step[] = [
  ...['', 'rfc3164', 'rfc5424', 'rfc5424micro'].map((format) =>
    sending(`syslog over tcp in the format “${format}”`, 'syslog', {
      kind: 'tcp',
      options: [`syslog-address=tcp://${PLACE}`, `syslog-format=${format}`, 'tag={{.Name}}'],
      isDone: hasEnd,
      told: linesOf,
    }),
  ),
  sending('syslog over udp', 'syslog', {
    kind: 'udp',
    options: [`syslog-address=udp://${PLACE}`, 'syslog-facility=local3'],
    isDone: (_, said) => said.length === 5,
    told: linesOf,
  }),
  custom('syslog over TLS', async (lab) => {
    await using files = await makeCertificates();
    await using target = await startStandIn(lab.engine.netns, 'tls', { port: PORT, ...files.server });
    const authority = `syslog-tls-ca-cert=${files.authority}`;
    const options = [`syslog-address=tcp+tls://${PLACE}`, 'syslog-format=rfc5424', 'tag=t', authority];
    const failure = await run(lab, 'syslog', options);
    if (failure !== '') return failure;
    await target.until(hasEnd);
    // The length stands first; it differs with the digits of the process id.
    return linesOf(target).map((line) => line.replace(/^\d+ </, '<length> <'));
  }),
];

const messagesOf = ({ said }: StandIn): readonly unknown[] =>
  said.map(({ data }) => parse(gunzipSync(Buffer.from(String(data), 'latin1')).toString()));

const gelf: readonly Step[] = [
  sending('gelf over udp', 'gelf', {
    kind: 'udp',
    options: [`gelf-address=udp://${PLACE}`, 'labels=stage', 'env=HOW'],
    isDone: (_, said) => said.length === 5,
    told: messagesOf,
  }),
  sending('gelf over tcp', 'gelf', {
    kind: 'tcp',
    options: [`gelf-address=tcp://${PLACE}`, 'tag={{.Name}}'],
    isDone: (text) => text.split('\0').length === 6,
    told: ({ text }) => text.split('\0').slice(0, -1).map(parse),
  }),
];

const fluentd: Step = sending('fluentd', 'fluentd', {
  kind: 'fluentd',
  options: [`fluentd-address=${PLACE}`, 'labels=stage'],
  isDone: (_, said) => said.filter(({ event }) => event !== undefined).length === 6,
  told: ({ said }) =>
    said.flatMap(({ event }) => (event === undefined ? [] : [parse(JSON.stringify(event))])),
});

const splunk: readonly Step[] = ['inline', 'json', 'raw'].map((format) =>
  sending(`splunk in the format “${format}”`, 'splunk', {
    kind: 'http',
    options: [`splunk-url=http://${PLACE}`, 'splunk-token=t', `splunk-format=${format}`, 'env=HOW', 'tag=t'],
    isDone: (text) => text.includes('end'),
    told: ({ said }) =>
      said.map(({ method, url, headers, body }) => ({
        method,
        url,
        authorization: (headers as Readonly<Record<string, unknown>>)['authorization'] ?? 'none',
        // One batch or two: the moment of the last line decides.
        events: String(body)
          .split(/(?<=\})(?=\{")/)
          .filter((event) => event !== '')
          .map(parse),
      })),
  }),
);

const CREDENTIALS = '169.254.170.2';

const awslogs = (name: string, options: readonly string[]): Step =>
  custom(name, async (lab) => {
    await lab.engine.netns.run(['ip', 'addr', 'replace', `${CREDENTIALS}/32`, 'dev', 'lo']);
    await using _credentials = await startStandIn(lab.engine.netns, 'http', { host: CREDENTIALS, port: 80 });
    await using target = await startStandIn(lab.engine.netns, 'http', { port: PORT, statuses: [400] });
    const failure = await run(lab, 'awslogs', [
      `awslogs-endpoint=http://${PLACE}`,
      'awslogs-region=eu-west-1',
      'awslogs-credentials-endpoint=/credentials',
      'awslogs-group=g',
      'awslogs-create-group=true',
      ...options,
    ]);
    if (failure !== '') return failure;
    await target.until((text) => text.includes('end'));
    return target.said.map(({ headers, body }) => ({
      operation: (headers as Readonly<Record<string, unknown>>)['x-amz-target'],
      body: parse(String(body)),
    }));
  });

const SOCKET = '/run/systemd/journal/socket';

/** Its directory goes when nobody is in it. */
const leaveJournal = async (): Promise<void> => {
  await rmdir(dirname(SOCKET)).catch(() => undefined);
};

/** Takes the journal's place, which the other engine's step may have at present. */
const takeJournal = async (): Promise<StandIn> => {
  for (let attempt = 0; ; attempt += 1) {
    await mkdir(dirname(SOCKET), { recursive: true });
    try {
      if (attempt === 100 || !existsSync(SOCKET)) return await startDatagramReader(SOCKET);
    } catch (error) {
      if (attempt === 100) throw error;
    }
    await sleep(200);
  }
};

/** The fields of an entry, sorted: their order is nobody's promise. */
const fieldsOf = ({ data }: Said): readonly string[] =>
  masked(String(data))
    .split('\n')
    .filter((field) => field !== '')
    .toSorted();

const journald: Step = custom('journald', async (lab) => {
  if (existsSync('/run/systemd/system')) return 'this host has a journal';
  await using _place = asyncDisposable(leaveJournal);
  await using journal = await takeJournal();
  const failure = await run(lab, 'journald', ['tag={{.Name}}', 'labels=stage']);
  if (failure !== '') return failure;
  await journal.until((text) => text.includes('MESSAGE=end'));
  // Epoch, ordinal and time came after 20.10.
  return journal.said.map((entry) =>
    fieldsOf(entry).filter((field) => !/^(?:CONTAINER_LOG_|SYSLOG_TIMESTAMP)/.test(field)),
  );
});

const refused = (driver: string, ...options: readonly string[]): Step =>
  cli(`${driver} with ${options.join(', ') || 'nothing'} at create`, [
    'create',
    ...flagsOf(driver, options),
    'busybox',
    'true',
  ]);

/** A refusal that dockerd 20.10 words otherwise, or does not know yet. */
const refusedWith = (text: string, driver: string, ...options: readonly string[]): Step =>
  newer(refused(driver, ...options), 'the text of 28.5', {
    code: 1,
    stdout: '',
    stderr: `Error response from daemon: ${text}`,
  });

const failing = (driver: string, ...options: readonly string[]): Step =>
  reworded(
    cli(`${driver} with ${options.join(', ') || 'nothing'} at start`, [
      'run',
      '--rm',
      ...flagsOf(driver, options),
      'busybox',
      'true',
    ]),
    'failed to initialize logging driver',
    'failed to create task for container: failed to initialize logging driver',
  );

const syslogRefusals = [
  refused('syslog', 'zz=1'),
  refusedWith("unsupported scheme: 'http'", 'syslog', 'syslog-address=http://x'),
  refusedWith(
    'parse "127.0.0.1:514": first path segment in URL cannot contain colon',
    'syslog',
    'syslog-address=127.0.0.1:514',
  ),
  refused('syslog', 'syslog-address=unix:///no/such'),
  refused('syslog', 'syslog-facility=zz'),
  refused('syslog', 'syslog-format=zz'),
  failing('syslog', 'syslog-address=tcp://127.0.0.1:1'),
  failing('syslog', 'syslog-address=tcp+tls://127.0.0.1:1'),
];

const gelfRefusals = [
  refused('gelf'),
  refusedWith('gelf: endpoint needs to be TCP or UDP', 'gelf', 'gelf-address=http://x:1'),
  refused('gelf', 'gelf-address=udp://x'),
  refused('gelf', 'gelf-address=udp://x:1', 'gelf-compression-level=10'),
  refused('gelf', 'gelf-address=tcp://x:1', 'gelf-compression-type=gzip'),
  refused('gelf', 'gelf-address=udp://x:1', 'gelf-tcp-max-reconnect=1'),
  refused('gelf', 'gelf-address=tcp://x:1', 'gelf-tcp-reconnect-delay=-1'),
  refused('gelf', 'gelf-address=udp://x:1', 'zz=1'),
  failing('gelf', 'gelf-address=tcp://127.0.0.1:1'),
];

const fluentdRefusals = [
  refused('fluentd', 'zz=1'),
  refusedWith(
    "invalid fluentd-address (http://x): unsupported scheme: 'http'",
    'fluentd',
    'fluentd-address=http://x',
  ),
  refusedWith(
    'invalid fluentd-address (tcp://x/y): should not contain a path element',
    'fluentd',
    'fluentd-address=tcp://x/y',
  ),
  refusedWith('invalid fluentd-address (unix://): path is empty', 'fluentd', 'fluentd-address=unix://'),
  failing('fluentd', 'fluentd-address=127.0.0.1:1'),
];

const URL = 'splunk-url=http://127.0.0.1:1';

const splunkRefusals = [
  refused('splunk', 'zz=1'),
  failing('splunk'),
  failing('splunk', URL),
  failing('splunk', 'splunk-url=ftp://x', 'splunk-token=t'),
  failing('splunk', URL, 'splunk-token=t', 'splunk-gzip-level=11'),
  failing('splunk', URL, 'splunk-token=t', 'splunk-gzip=zz'),
  failing('splunk', URL, 'splunk-token=t', 'splunk-capath=/no/such'),
  reworded(
    failing('splunk', URL, 'splunk-token=t', 'splunk-verify-connection=0', 'splunk-format=zz'),
    'Unknown format specified ,',
    'unknown format specified zz,',
  ),
];

const awslogsRefusals = [
  refused('awslogs'),
  refused('awslogs', 'awslogs-group=g', 'zz=1'),
  refused('awslogs', 'awslogs-group=g', 'awslogs-create-group=zz'),
  refused('awslogs', 'awslogs-group=g', 'awslogs-force-flush-interval-seconds=0'),
  refused('awslogs', 'awslogs-group=g', 'awslogs-max-buffered-events=zz'),
  refused('awslogs', 'awslogs-group=g', 'awslogs-datetime-format=a', 'awslogs-multiline-pattern=b'),
];

/** Drivers that send logs elsewhere: what their targets are told, and what is refused. */
export const logTargetSteps: StepGroup = {
  noun: 'log-targets',
  covers: ['HostConfig.LogConfig'],
  steps: [
    ...covering('log driver: syslog', ...syslog, ...syslogRefusals),
    ...covering('log driver: gelf', ...gelf, ...gelfRefusals),
    ...covering('log driver: fluentd', fluentd, ...fluentdRefusals),
    ...covering('log driver: splunk', ...splunk, ...splunkRefusals),
    ...covering(
      'log driver: awslogs',
      awslogs('awslogs', ['tag={{.Name}}']),
      awslogs('awslogs, joined', ['awslogs-multiline-pattern=^one', 'awslogs-stream=s']),
      ...awslogsRefusals,
    ),
    ...covering('log driver: journald', refused('journald', 'zz=1'), failing('journald'), journald),
    ...covering('log driver: gcplogs', refused('gcplogs', 'tag=t')),
  ],
};
