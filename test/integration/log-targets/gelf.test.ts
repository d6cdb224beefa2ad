// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { it } from 'node:test';
import { gunzipSync, inflateSync } from 'node:zlib';
import { docker, useEngine } from '../../support/use-engine.ts';
import { type Said, startStandIn } from '../../support/log-targets/start-stand-in.ts';

const engine = useEngine();

const flagsOf = (options: readonly string[]): readonly string[] => [
  '--log-driver',
  'gelf',
  ...options.flatMap((option) => ['--log-opt', option]),
];

const run = async (options: readonly string[], script: string): Promise<string> =>
  docker(engine(), ['run', '--rm', '--name', 'grey', ...flagsOf(options), 'busybox', 'sh', '-c', script]);

const bytesOf = (said: readonly Said[]): readonly Buffer[] =>
  said.map(({ data }) => Buffer.from(String(data), 'latin1'));

const parse = (bytes: Uint8Array): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(bytes).toString()) as Readonly<Record<string, unknown>>;

it('sends compressed datagrams with the fields of a container', async () => {
  await using target = await startStandIn(engine().netns, 'udp', { port: 12_201 });
  const address = 'gelf-address=udp://127.0.0.1:12201';
  await run([address, 'tag=t'], 'echo out; echo; sleep 0.2; echo err >&2');
  await target.until((_, said) => said.length === 2);
  const [first, second] = bytesOf(target.said).map((bytes) => parse(gunzipSync(bytes)));
  assert.equal(first?.['version'], '1.1');
  assert.equal(first['host'], hostname());
  assert.equal(first['short_message'], 'out');
  assert.equal(first['level'], 6);
  assert.equal(typeof first['timestamp'], 'number');
  assert.equal(first['_container_name'], 'grey');
  assert.match(String(first['_container_id']), /^[0-9a-f]{64}$/);
  assert.match(String(first['_image_id']), /^sha256:/);
  assert.equal(first['_image_name'], 'busybox');
  assert.equal(first['_command'], 'sh -c echo out; echo; sleep 0.2; echo err >&2');
  assert.equal(first['_tag'], 't');
  assert.match(String(first['_created']), /^\d{4}-.*Z$/);
  assert.equal(second?.['short_message'], 'err');
  assert.equal(second['level'], 3);
});

it('cuts what is too long for a datagram into chunks', async () => {
  await using target = await startStandIn(engine().netns, 'udp', { port: 12_202 });
  const options = ['gelf-address=udp://127.0.0.1:12202', 'gelf-compression-type=none'];
  await run(options, 'head -c 5000 /dev/zero | tr "\\0" y; echo');
  await target.until((_, said) => said.length >= 4);
  const chunks = bytesOf(target.said);
  const count = chunks[0]?.[11];
  assert.equal(chunks.length, count);
  assert.ok(chunks.every((chunk) => chunk.length <= 1420 && chunk.readUInt16BE(0) === 0x1e0f));
  const whole = chunks.toSorted((one, other) => (one[10] ?? 0) - (other[10] ?? 0));
  const message = parse(Buffer.concat(whole.map((chunk) => chunk.subarray(12))));
  assert.equal(message['short_message'], 'y'.repeat(5000));
});

it('compresses as it is told', async () => {
  await using target = await startStandIn(engine().netns, 'udp', { port: 12_203 });
  const options = [
    'gelf-address=udp://127.0.0.1:12203',
    'gelf-compression-type=zlib',
    'gelf-compression-level=9',
  ];
  await run(options, 'echo out');
  await target.until((_, said) => said.length === 1);
  assert.equal(parse(inflateSync(bytesOf(target.said)[0] as Buffer))['short_message'], 'out');
});

it('ends messages with a zero byte over tcp', async () => {
  await using target = await startStandIn(engine().netns, 'tcp', { port: 12_204 });
  await run(['gelf-address=tcp://127.0.0.1:12204', 'gelf-tcp-max-reconnect=1'], 'echo one; echo two');
  const text = await target.until((so) => so.split('\0').length === 3);
  const messages = text
    .split('\0')
    .slice(0, 2)
    .map((message) => parse(Buffer.from(message)));
  assert.deepEqual(
    messages.map((message) => message['short_message']),
    ['one', 'two'],
  );
});

it('says what is wrong with its options as dockerd does', async () => {
  const udp = 'gelf-address=udp://127.0.0.1:12201';
  const tcp = 'gelf-address=tcp://127.0.0.1:1';
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], 'gelf-address is a required parameter'],
    [['gelf-address=http://x:1'], 'gelf: endpoint needs to be TCP or UDP'],
    [['gelf-address=udp://x'], 'gelf: please provide gelf-address as proto://host:port'],
    [
      [udp, 'gelf-compression-type=x'],
      'unknown value "x" for log opt "gelf-compression-type" for gelf log driver',
    ],
    [
      [udp, 'gelf-compression-level=10'],
      'unknown value "10" for log opt "gelf-compression-level" for gelf log driver',
    ],
    [[tcp, 'gelf-compression-level=1'], 'compression is only supported on UDP'],
    [[udp, 'gelf-tcp-max-reconnect=1'], '"gelf-tcp-max-reconnect" is only valid for TCP'],
    [[tcp, 'gelf-tcp-reconnect-delay=-1'], '"gelf-tcp-reconnect-delay" must be a positive integer'],
    [[udp, 'gelf-colour=x'], 'unknown log opt "gelf-colour" for gelf log driver'],
  ];
  for (const [options, text] of cases) {
    const { stderr } = await engine().docker(['create', ...flagsOf(options), 'busybox', 'true']);
    assert.ok(stderr.includes(text), `${stderr} for ${text}`);
  }
  const { stderr } = await engine().docker(['run', '--rm', ...flagsOf([tcp]), 'busybox', 'true']);
  assert.match(
    stderr,
    /gelf: cannot connect to GELF endpoint: 127\.0\.0\.1:1 dial tcp 127\.0\.0\.1:1: connect: connection refused/,
  );
});
