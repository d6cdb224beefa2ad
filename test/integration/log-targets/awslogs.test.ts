// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';
import { type Said, startStandIn } from '../../support/log-targets/start-stand-in.ts';

const engine = useEngine({
  env: {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'session',
    AWS_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  },
});

const flagsOf = (options: readonly string[]): readonly string[] => [
  '--log-driver',
  'awslogs',
  ...options.flatMap((option) => ['--log-opt', option]),
];

const run = async (options: readonly string[], script: string): Promise<string> =>
  docker(engine(), ['run', '--rm', ...flagsOf(options), 'busybox', 'sh', '-c', script]);

interface Put {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly logEvents: readonly { readonly message: string; readonly timestamp: number }[];
}

const targetOf = ({ headers }: Said): string =>
  String((headers as Readonly<Record<string, string>>)['x-amz-target']).replace('Logs_20140328.', '');

const putsOf = (said: readonly Said[]): readonly Put[] =>
  said
    .filter((call) => targetOf(call) === 'PutLogEvents')
    .map(({ body }) => JSON.parse(Buffer.from(String(body), 'latin1').toString()) as Put);

it('makes group and stream, and puts signed events in batches', async () => {
  await using target = await startStandIn(engine().netns, 'http', { port: 4566, statuses: [400] });
  const options = [
    'awslogs-endpoint=http://127.0.0.1:4566',
    'awslogs-group=web',
    'awslogs-create-group=true',
    'awslogs-force-flush-interval-seconds=1',
    'tag={{.ImageName}}/one',
  ];
  await run(options, 'echo one; echo; echo zwölf');
  await target.until((_, said) => putsOf(said).length > 0);
  assert.deepEqual(target.said.map(targetOf), [
    'CreateLogStream',
    'CreateLogGroup',
    'CreateLogStream',
    'PutLogEvents',
  ]);
  const headers = target.said[3]?.['headers'] as Readonly<Record<string, string>>;
  assert.match(
    headers['authorization'] ?? '',
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/logs\/aws4_request, SignedHeaders=.*x-amz-target, Signature=[0-9a-f]{64}$/,
  );
  assert.equal(headers['x-amz-security-token'], 'session');
  assert.equal(headers['content-type'], 'application/x-amz-json-1.1');
  const [put] = putsOf(target.said);
  assert.equal(put?.logGroupName, 'web');
  assert.equal(put.logStreamName, 'busybox/one');
  assert.deepEqual(
    put.logEvents.map(({ message }) => message),
    ['one', 'zwölf'],
  );
  assert.ok((put.logEvents[0]?.timestamp ?? 0) > 1.6e12);
});

it('joins the lines of one event', async () => {
  await using target = await startStandIn(engine().netns, 'http', { port: 4567 });
  const options = [
    'awslogs-endpoint=http://127.0.0.1:4567',
    'awslogs-group=web',
    'awslogs-datetime-format=%Y-%m-%d',
  ];
  await run(options, 'echo 2026-01-02 a; echo "  at b"; echo 2026-01-02 c');
  await target.until((_, said) => putsOf(said).length > 0);
  const messages = putsOf(target.said).flatMap(({ logEvents }) => logEvents.map(({ message }) => message));
  assert.deepEqual(messages, ['2026-01-02 a\n  at b\n', '2026-01-02 c\n']);
});

it('takes long lines whole, up to what CloudWatch takes', async () => {
  await using target = await startStandIn(engine().netns, 'http', { port: 4568 });
  const options = ['awslogs-endpoint=http://127.0.0.1:4568', 'awslogs-group=web'];
  await run(options, 'head -c 300000 /dev/zero | tr "\\0" y; echo');
  await target.until((_, said) => putsOf(said).flatMap(({ logEvents }) => logEvents).length === 2);
  const lengths = putsOf(target.said).flatMap(({ logEvents }) =>
    logEvents.map(({ message }) => message.length),
  );
  assert.deepEqual(lengths, [262_118, 300_000 - 262_118]);
});

it('starts a container without the service in non-blocking mode, not in blocking mode', async () => {
  const options = ['awslogs-endpoint=http://127.0.0.1:1', 'awslogs-group=web'];
  const { stderr } = await engine().docker(['run', '--rm', ...flagsOf(options), 'busybox', 'true']);
  assert.match(
    stderr,
    /failed to initialize logging driver: failed to create Cloudwatch log stream: .*connection refused/,
  );
  await run([...options, 'mode=non-blocking'], 'echo lost');
});

it('says what is wrong with its options as dockerd does', async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], "must specify a value for log opt 'awslogs-group'"],
    [
      ['awslogs-group=g', 'awslogs-create-group=x'],
      `must specify valid value for log opt 'awslogs-create-group': strconv.ParseBool: parsing "x": invalid syntax`,
    ],
    [
      ['awslogs-group=g', 'awslogs-force-flush-interval-seconds=0'],
      "must specify a positive integer for log opt 'awslogs-force-flush-interval-seconds': 0",
    ],
    [
      ['awslogs-group=g', 'awslogs-datetime-format=x', 'awslogs-multiline-pattern=y'],
      "you cannot configure log opt 'awslogs-datetime-format' and 'awslogs-multiline-pattern' at the same time",
    ],
    [['awslogs-group=g', 'awslogs-format=x'], "unsupported log format 'x'"],
    [['awslogs-group=g', 'env=x'], "unknown log opt 'env' for awslogs log driver"],
  ];
  for (const [options, text] of cases) {
    const { stderr } = await engine().docker(['create', ...flagsOf(options), 'busybox', 'true']);
    assert.ok(stderr.includes(text), `${stderr} for ${text}`);
  }
});
