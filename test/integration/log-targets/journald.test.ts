// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { after, it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';
import { startDatagramReader } from '../../support/log-targets/start-stand-in.ts';

const DIRECTORY = '/run/systemd/journal';
const SOCKET = `${DIRECTORY}/socket`;

const engine = useEngine();
after(() => rmdir(DIRECTORY).catch(() => undefined));

/** The fields of an entry whose values have no newlines. */
const fieldsOf = (entry: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...entry.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]));

const skip = existsSync(SOCKET) && 'this host has a journal';

it('starts nothing where there is no journal', { skip }, async () => {
  const { stderr } = await engine().docker(['run', '--rm', '--log-driver', 'journald', 'busybox', 'true']);
  assert.match(stderr, /failed to initialize logging driver: journald is not enabled on this host/);
});

it('sends entries with their fields; large ones as files; docker logs reads the copy', { skip }, async () => {
  await mkdir(DIRECTORY, { recursive: true });
  await using journal = await startDatagramReader(SOCKET);
  const flags = ['--log-driver', 'journald', '--log-opt', 'env=LONG,STAGE', '--log-opt', 'tag={{.Name}}'];
  // The variable makes every entry larger than a datagram may be.
  const env = ['-e', `LONG=${'x'.repeat(100_000)}`, '-e', 'STAGE=a\nb'];
  const script = 'echo out; sleep 0.2; head -c 20000 /dev/zero | tr "\\0" y; echo; sleep 0.2; echo err >&2';
  const args = ['run', '--name', 'chatty', ...flags, ...env, 'busybox', 'sh', '-c', script];
  await docker(engine(), args);
  await journal.until((text) => text.includes('MESSAGE=err'));
  const entries = journal.said.map(({ data }) => String(data));
  const [first, long, rest, last] = entries.map(fieldsOf);
  assert.equal(first?.['MESSAGE'], 'out');
  assert.equal(first['PRIORITY'], '6');
  assert.equal(first['CONTAINER_NAME'], 'chatty');
  assert.equal(first['CONTAINER_TAG'], 'chatty');
  assert.equal(first['SYSLOG_IDENTIFIER'], 'chatty');
  assert.equal(first['IMAGE_NAME'], 'busybox');
  assert.equal(first['CONTAINER_ID'], first['CONTAINER_ID_FULL']?.slice(0, 12));
  assert.match(first['SYSLOG_TIMESTAMP'] ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.match(first['CONTAINER_LOG_EPOCH'] ?? '', /^[0-9a-f]{64}$/);
  assert.equal(first['CONTAINER_LOG_ORDINAL'], '1');
  assert.equal(first['CONTAINER_PARTIAL_ID'], undefined);
  assert.ok(entries[0]?.includes('STAGE\n\x03\0\0\0\0\0\0\0a\nb\n'));
  assert.equal(long?.['MESSAGE'], 'y'.repeat(16_384));
  assert.equal(long['CONTAINER_PARTIAL_MESSAGE'], 'true');
  assert.equal(long['CONTAINER_PARTIAL_ORDINAL'], '1');
  assert.equal(rest?.['MESSAGE'], 'y'.repeat(20_000 - 16_384));
  assert.equal(rest['CONTAINER_PARTIAL_LAST'], 'true');
  assert.equal(rest['CONTAINER_PARTIAL_ID'], long['CONTAINER_PARTIAL_ID']);
  assert.equal(last?.['PRIORITY'], '3');
  const logs = await engine().docker(['logs', 'chatty']);
  assert.equal(logs.stdout, `out\n${'y'.repeat(20_000)}\n`);
  assert.equal(logs.stderr, 'err\n');
});
