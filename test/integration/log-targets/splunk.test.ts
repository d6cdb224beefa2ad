// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { docker, useEngine } from '../../support/use-engine.ts';
import { makeCertificates } from '../../support/log-targets/certificates.ts';
import { type Said, startStandIn } from '../../support/log-targets/start-stand-in.ts';

const engine = useEngine();

const flagsOf = (options: readonly string[]): readonly string[] => [
  '--log-driver',
  'splunk',
  ...options.flatMap((option) => ['--log-opt', option]),
];

const run = async (options: readonly string[], script: string): Promise<string> =>
  docker(engine(), ['run', '--rm', '--name', 'mine', ...flagsOf(options), 'busybox', 'sh', '-c', script]);

const postsOf = (said: readonly Said[]): readonly Said[] => said.filter(({ method }) => method === 'POST');

/** The events of a body: JSON objects one after another. */
const eventsOf = (body: string): readonly Readonly<Record<string, unknown>>[] =>
  body.split(/(?<=\})(?=\{"host")/).map((event) => JSON.parse(event) as Readonly<Record<string, unknown>>);

const TOKEN = 'splunk-token=0b1c';

it('asks whether it may, and sends events as they come with a label, over https', async () => {
  await using files = await makeCertificates();
  await using target = await startStandIn(engine().netns, 'https', { port: 8088, ...files.server });
  const options = [
    'splunk-url=https://127.0.0.1:8088',
    TOKEN,
    `splunk-capath=${files.authority}`,
    'splunk-caname=localhost',
    'splunk-source=here',
    'splunk-sourcetype=text',
    'splunk-index=main',
    'splunk-index-acknowledgment=true',
    'env=STAGE',
    'tag=t',
  ];
  const flags = ['--rm', '-e', 'STAGE=test', ...flagsOf(options)];
  await docker(engine(), ['run', ...flags, 'busybox', 'sh', '-c', 'echo out; sleep 0.2; echo err >&2']);
  await target.until((_, said) => postsOf(said).length > 0);
  const [question, post] = target.said;
  assert.equal(question?.['method'], 'OPTIONS');
  assert.equal(post?.['url'], '/services/collector/event/1.0');
  const headers = post['headers'] as Readonly<Record<string, string>>;
  assert.equal(headers['authorization'], 'Splunk 0b1c');
  assert.match(headers['x-splunk-request-channel'] ?? '', /^[0-9a-f-]{36}$/);
  const [first, second] = eventsOf(String(post['body']));
  const { time, ...rest } = first ?? {};
  assert.match(String(time), /^\d+\.\d{6}$/);
  assert.deepEqual(rest, {
    host: hostname(),
    source: 'here',
    sourcetype: 'text',
    index: 'main',
    event: { line: 'out', source: 'stdout', tag: 't', attrs: { STAGE: 'test' } },
  });
  assert.deepEqual(second?.['event'], {
    line: 'err',
    source: 'stderr',
    tag: 't',
    attrs: { STAGE: 'test' },
  });
});

it('sends JSON as JSON and packs it', async () => {
  await using target = await startStandIn(engine().netns, 'http', { port: 8089 });
  const options = [
    'splunk-url=http://127.0.0.1:8089',
    TOKEN,
    'splunk-format=json',
    'splunk-gzip=true',
    'tag=',
  ];
  await run([...options, 'splunk-verify-connection=false'], `echo '{"a":[1]}'; echo 'no json'`);
  await target.until((_, said) => postsOf(said).length > 0);
  assert.equal(target.said[0]?.['method'], 'POST');
  const body = gunzipSync(Buffer.from(String(target.said[0]['body']), 'latin1')).toString();
  assert.deepEqual(
    eventsOf(body).map(({ event }) => event),
    [
      { line: { a: [1] }, source: 'stdout' },
      { line: 'no json', source: 'stdout' },
    ],
  );
});

it('sends raw text, and again what was not taken', async () => {
  await using target = await startStandIn(engine().netns, 'http', { port: 8090, statuses: [200, 503] });
  const options = ['splunk-url=http://127.0.0.1:8090', TOKEN, 'splunk-format=raw', 'tag={{.Name}}'];
  const script = `echo one; echo '  '; sleep 600`;
  const args = ['run', '-d', '--name', 'again', ...flagsOf(options), 'busybox', 'sh', '-c', script];
  await docker(engine(), args);
  await target.until((_, said) => postsOf(said).length === 2);
  const [first, second] = postsOf(target.said).map(({ body }) =>
    eventsOf(String(body)).map(({ event }) => event),
  );
  assert.deepEqual(first, ['again one']);
  assert.deepEqual(second, first);
  await docker(engine(), ['rm', '-f', 'again']);
});

it('says what is wrong with its options as dockerd does', async () => {
  const url = 'splunk-url=http://127.0.0.1:1';
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], 'splunk: splunk-url is expected'],
    [['splunk-url=ftp://x', TOKEN], 'splunk: expected format scheme://dns_name_or_ip:port for splunk-url'],
    [[url], 'splunk: splunk-token is expected'],
    [
      [url, TOKEN, 'splunk-gzip-level=11'],
      "not supported level '11' for splunk-gzip-level (supported values between -1 and 9)",
    ],
    [[url, TOKEN, 'splunk-capath=/no/such'], 'open /no/such: no such file or directory'],
    [[url, TOKEN, 'splunk-gzip=x'], 'strconv.ParseBool: parsing "x": invalid syntax'],
    [
      [url, TOKEN, 'splunk-verify-connection=0', 'splunk-format=x'],
      'unknown format specified x, supported formats are inline, json and raw',
    ],
    [
      [url, TOKEN],
      'Options "http://127.0.0.1:1/services/collector/event/1.0": dial tcp 127.0.0.1:1: connect: connection refused',
    ],
  ];
  for (const [options, text] of cases) {
    const { stderr } = await engine().docker(['run', '--rm', ...flagsOf(options), 'busybox', 'true']);
    assert.ok(stderr.includes(`failed to initialize logging driver: ${text}`), `${stderr} for ${text}`);
  }
  await using target = await startStandIn(engine().netns, 'http', { port: 8091, statuses: [403] });
  const here = 'splunk-url=http://127.0.0.1:8091';
  const { stderr } = await engine().docker(['run', '--rm', ...flagsOf([here, TOKEN]), 'busybox', 'true']);
  assert.match(stderr, /splunk: failed to verify connection - 403 Forbidden - \{/);
  assert.equal(target.said.length, 1);
});
