// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { docker, dockerUntil, useEngine } from '../../support/use-engine.ts';
import { makeCertificates } from '../../support/log-targets/certificates.ts';
import { startDatagramReader, startStandIn } from '../../support/log-targets/start-stand-in.ts';

const engine = useEngine();

const SAY = 'echo out; echo; sleep 0.2; echo err >&2';

const flagsOf = (options: readonly string[]): readonly string[] => [
  '--log-driver',
  'syslog',
  ...options.flatMap((option) => ['--log-opt', option]),
];

/** Runs a container that says `out`, an empty line and, on stderr, `err`. */
const run = async (options: readonly string[], script = SAY): Promise<string> =>
  docker(engine(), ['run', '--rm', ...flagsOf(options), 'busybox', 'sh', '-c', script]);

const refusal = async (command: 'create' | 'run', options: readonly string[]): Promise<string> =>
  (await engine().docker([command, ...flagsOf(options), 'busybox', 'true'])).stderr;

it('sends datagrams over udp, one a line, empty lines left out', async () => {
  await using target = await startStandIn(engine().netns, 'udp', { port: 5514 });
  await run(['syslog-address=udp://127.0.0.1:5514', 'tag=web', 'syslog-facility=local3']);
  await target.until((text) => text.includes('err'));
  const messages = target.said.map(({ data }) => String(data));
  assert.equal(messages.length, 2);
  const head = String.raw`\w{3} [ \d]\d [\d:]{8} web\[${engine().pid}\]: `;
  assert.match(messages[0] ?? '', new RegExp(`^<158>${head}out\n$`));
  assert.match(messages[1] ?? '', new RegExp(`^<155>${head}err\n$`));
});

it('sends a line each over tcp, with the host in the format of RFC 3164, to the port that is syslog’s', async () => {
  await using target = await startStandIn(engine().netns, 'tcp', { port: 514 });
  await run(['syslog-address=tcp://127.0.0.1', 'syslog-format=rfc3164', 'tag={{.Name}}/{{.ImageName}}']);
  const text = await target.until((so) => so.includes('err'));
  const head = String.raw`\w{3} [ \d]\d [\d:]{8} ${hostname()} [a-z]+_[a-z]+\d*/busybox\[\d+\]: `;
  assert.match(text, new RegExp(`^<30>${head}out\n<27>${head}err\n$`));
});

it('connects again when a target comes back; what came meanwhile is lost and told', async () => {
  const first = await startStandIn(engine().netns, 'tcp', { port: 5515 });
  const script = 'for i in $(seq 300); do echo line $i; sleep 0.1; done';
  const flags = flagsOf(['syslog-address=tcp://127.0.0.1:5515']);
  await docker(engine(), ['run', '-d', '--name', 'lasting', ...flags, 'busybox', 'sh', '-c', script]);
  await first.until((text) => text.includes('line 3'));
  await first[Symbol.asyncDispose]();
  await dockerUntil(
    engine(),
    ['events', '--since', '1m', '--until', '0s', '--filter', 'container=lasting', '--format', '{{.Action}}'],
    /log_lost/,
  );
  await using second = await startStandIn(engine().netns, 'tcp', { port: 5515 });
  await second.until((text) => /line \d+\n/.test(text));
  assert.match(await docker(engine(), ['logs', 'lasting']), /^line 1\nline 2\n/);
  await docker(engine(), ['rm', '-f', 'lasting']);
});

it('counts octets over TLS with RFC 5424 and shows its certificate', async () => {
  await using files = await makeCertificates();
  await using target = await startStandIn(engine().netns, 'tls', {
    port: 6514,
    ...files.server,
    clientAuthority: files.authority,
  });
  const tls = [
    'syslog-address=tcp+tls://127.0.0.1:6514',
    `syslog-tls-ca-cert=${files.authority}`,
    `syslog-tls-cert=${files.client.certificate}`,
    `syslog-tls-key=${files.client.key}`,
  ];
  await run([...tls, 'syslog-format=rfc5424micro', 'tag=t']);
  const text = await target.until((so) => so.includes('err'));
  const [, length, rest] = /^(\d+) (.*)$/s.exec(text) ?? [];
  const first = (rest ?? '').slice(0, Number(length));
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)`;
  assert.match(first, new RegExp(String.raw`^<30>1 ${time} ${hostname()} t \d+ t - out\n$`));
});

it('refuses a server whose authority it does not know, unless told not to look', async () => {
  await using files = await makeCertificates();
  await using target = await startStandIn(engine().netns, 'tls', { port: 6515, ...files.server });
  const address = 'syslog-address=tcp+tls://127.0.0.1:6515';
  assert.match(
    await refusal('run', [address]),
    /failed to initialize logging driver: tls: failed to verify certificate: x509: certificate signed by unknown authority/,
  );
  await run([address, 'syslog-tls-skip-verify=']);
  assert.match(await target.until((so) => so.includes('err')), /^<30>.*: out\n/);
});

it('sends to unix sockets, streams and datagrams', async () => {
  const stream = join(engine().directory, 'stream.sock');
  await using target = await startStandIn(engine().netns, 'tcp', { path: stream });
  await run([`syslog-address=unix://${stream}`]);
  assert.match(await target.until((so) => so.includes('err')), /: out\n.*: err\n$/s);
  const datagrams = join(engine().directory, 'datagrams.sock');
  await using reader = await startDatagramReader(datagrams);
  await run([`syslog-address=unixgram://${datagrams}`]);
  await reader.until((so) => so.includes('err'));
  assert.equal(reader.said.length, 2);
});

it('takes /dev/log when no address is given', { skip: existsSync('/dev/log') }, async () => {
  assert.match(await refusal('run', []), /failed to initialize logging driver: Unix syslog delivery error/);
  await using reader = await startDatagramReader('/dev/log');
  await run([]);
  assert.match(await reader.until((so) => so.includes('err')), /^<30>.*\n.*/);
});

it('says what is wrong with its options as dockerd does', async () => {
  const cases = [
    ['syslog-address=http://x', "unsupported scheme: 'http'"],
    ['syslog-address=unix:///no/such', 'stat /no/such: no such file or directory'],
    ['syslog-facility=local9', 'invalid syslog facility'],
    ['syslog-format=x', 'Invalid syslog format'],
    ['syslog-colour=x', "unknown log opt 'syslog-colour' for syslog log driver"],
  ] as const;
  for (const [option, text] of cases) assert.ok((await refusal('create', [option])).includes(text), option);
  assert.match(
    await refusal('run', ['syslog-address=tcp://127.0.0.1:1']),
    /failed to initialize logging driver: dial tcp 127\.0\.0\.1:1: connect: connection refused/,
  );
});
