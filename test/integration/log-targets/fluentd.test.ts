// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';
import { type Said, startStandIn } from '../../support/log-targets/start-stand-in.ts';

const engine = useEngine();

const flagsOf = (options: readonly string[]): readonly string[] => [
  '--log-driver',
  'fluentd',
  ...options.flatMap((option) => ['--log-opt', option]),
];

const run = async (options: readonly string[], script: string): Promise<string> =>
  docker(engine(), ['run', '--rm', '--name', 'flow', ...flagsOf(options), 'busybox', 'sh', '-c', script]);

type Event = readonly [tag: string, time: unknown, record: Readonly<Record<string, string>>, option: object];

const eventsOf = (said: readonly Said[]): readonly Event[] =>
  said.flatMap(({ event }) => (event === undefined ? [] : [event as Event]));

it('sends events of the forward protocol and waits for none', async () => {
  await using target = await startStandIn(engine().netns, 'fluentd', { port: 24_224 });
  await run(
    ['tag=docker.{{.Name}}'],
    'echo out; echo; sleep 0.2; echo err >&2; head -c 20000 /dev/zero | tr "\\0" y',
  );
  await target.until((_, said) => eventsOf(said).length === 5);
  const events = eventsOf(target.said);
  const [tag, time, record, option] = events[0] as Event;
  assert.equal(tag, 'docker.flow');
  assert.equal(typeof time, 'number');
  assert.deepEqual(option, {});
  assert.equal(record['log'], 'out');
  assert.equal(record['source'], 'stdout');
  assert.equal(record['container_name'], '/flow');
  assert.match(record['container_id'] ?? '', /^[0-9a-f]{64}$/);
  assert.ok(events.some(([, , { log, source }]) => log === 'err' && source === 'stderr'));
  const parts = events
    .filter(([, , fields]) => fields['partial_message'] === 'true')
    .map(([, , fields]) => fields);
  assert.deepEqual(
    parts.map((part) => part['partial_ordinal']),
    ['1', '2'],
  );
  assert.equal(parts.map((part) => part['log']).join(''), 'y'.repeat(20_000));
});

it('waits for acknowledgements over a unix socket and tells times to the nanosecond', async () => {
  const path = join(engine().directory, 'fluentd.sock');
  await using target = await startStandIn(engine().netns, 'fluentd', { path });
  const options = [
    `fluentd-address=unix://${path}`,
    'fluentd-request-ack=true',
    'fluentd-sub-second-precision=1',
  ];
  await run(options, 'echo one; echo two');
  await target.until((_, said) => eventsOf(said).length === 2);
  const [[, time, , option] = []] = eventsOf(target.said);
  assert.equal((time as { readonly type: number }).type, 0);
  assert.match((option as { readonly chunk: string }).chunk, /^[\w+/]{22}==$/);
});

it('keeps a container waiting in its turn when fluentd is gone for a moment, and loses nothing', async () => {
  const first = await startStandIn(engine().netns, 'fluentd', { port: 24_225 });
  const options = ['fluentd-address=127.0.0.1:24225', 'fluentd-retry-wait=100ms'];
  const script = 'echo before; while ! test -e /go; do sleep 0.1; done; echo after';
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'patient',
    ...flagsOf(options),
    'busybox',
    'sh',
    '-c',
    script,
  ]);
  await first.until((_, said) => eventsOf(said).length === 1);
  await first[Symbol.asyncDispose]();
  await docker(engine(), ['exec', 'patient', 'touch', '/go']);
  await using second = await startStandIn(engine().netns, 'fluentd', { port: 24_225 });
  await second.until((_, said) => eventsOf(said).some(([, , { log }]) => log === 'after'));
  await docker(engine(), ['rm', '-f', 'patient']);
});

it('starts without fluentd when it sends asynchronously, and sends when it is there', async () => {
  const options = ['fluentd-address=127.0.0.1:24226', 'fluentd-async=true', 'fluentd-retry-wait=100ms'];
  const script = 'echo early; sleep 600';
  await docker(engine(), [
    'run',
    '-d',
    '--name',
    'early',
    ...flagsOf(options),
    'busybox',
    'sh',
    '-c',
    script,
  ]);
  await dockerUntil(engine(), ['logs', 'early'], 'early');
  await using target = await startStandIn(engine().netns, 'fluentd', { port: 24_226 });
  await target.until((_, said) => eventsOf(said).some(([, , { log }]) => log === 'early'));
  await docker(engine(), ['rm', '-f', 'early']);
});

it('says what is wrong with its options as dockerd does', async () => {
  const cases = [
    ['fluentd-address=http://x', "invalid fluentd-address (http://x): unsupported scheme: 'http'"],
    ['fluentd-address=tcp://x/y', 'invalid fluentd-address (tcp://x/y): should not contain a path element'],
    ['fluentd-address=unix://', 'invalid fluentd-address (unix://): path is empty'],
    ['fluentd-buffer-limit=x', "invalid size: 'x'"],
    ['fluentd-retry-wait=x', 'time: invalid duration "x"'],
    ['fluentd-max-retries=-1', 'strconv.ParseUint: parsing "-1": invalid syntax'],
    ['fluentd-async=x', 'strconv.ParseBool: parsing "x": invalid syntax'],
    [
      'fluentd-async-reconnect-interval=20s',
      'invalid value for fluentd-async-reconnect-interval: value ("20s") must be between 100ms and 10s',
    ],
    ['fluentd-write-timeout=-1s', 'value must be a duration that is non-negative'],
    ['fluentd-colour=x', "unknown log opt 'fluentd-colour' for fluentd log driver"],
  ] as const;
  for (const [option, text] of cases) {
    const { stderr } = await engine().docker(['create', ...flagsOf([option]), 'busybox', 'true']);
    assert.ok(stderr.includes(text), `${stderr} for ${text}`);
  }
  const { stderr } = await engine().docker([
    'run',
    '--rm',
    ...flagsOf(['fluentd-address=127.0.0.1:1']),
    'busybox',
    'true',
  ]);
  assert.match(
    stderr,
    /failed to initialize logging driver: dial tcp 127\.0\.0\.1:1: connect: connection refused/,
  );
});
