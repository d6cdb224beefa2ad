// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleLogMessage, sampleLogSubject } from '../../../../test/support/sample-log-subject.ts';
import { createFakeLogTargets } from '../../../adapters/log-targets/fake.ts';
import { createJournaldDriver } from './driver.ts';
import { entryEncoder, journalName } from './entry.ts';

test('an entry has the fields of its container, message and part', () => {
  const encode = entryEncoder(sampleLogSubject('journald', { env: 'LINES' }), 'host', 'e');
  const partial = { id: 'p', ordinal: 2, last: false };
  const entry = Buffer.from(encode(sampleLogMessage('one', { stream: 'stderr', partial })));
  assert.equal(
    entry.toString('latin1'),
    [
      'PRIORITY=3',
      'MESSAGE=one',
      'CONTAINER_ID=abababababab',
      `CONTAINER_ID_FULL=${'ab'.repeat(32)}`,
      'CONTAINER_NAME=sample',
      'CONTAINER_TAG=abababababab',
      'IMAGE_NAME=busybox',
      'SYSLOG_IDENTIFIER=abababababab',
      'CONTAINER_LOG_EPOCH=e',
      'LINES',
      '\x03\0\0\0\0\0\0\0a\nb',
      'SYSLOG_TIMESTAMP=2023-11-14T22:13:20.123456789Z',
      'CONTAINER_LOG_ORDINAL=1',
      'CONTAINER_PARTIAL_ID=p',
      'CONTAINER_PARTIAL_ORDINAL=2',
      'CONTAINER_PARTIAL_LAST=false',
      'CONTAINER_PARTIAL_MESSAGE=true',
      '',
    ].join('\n'),
  );
  assert.match(Buffer.from(encode(sampleLogMessage('two'))).toString(), /CONTAINER_LOG_ORDINAL=2\n$/);
});

test('a name is made one that the journal takes', () => {
  assert.equal(journalName('__com.example-ß.Stage2'), 'COM_EXAMPLE___STAGE2');
  assert.equal(journalName('😀'), '');
});

test('a start where there is no journal is refused as dockerd does', async () => {
  const targets = createFakeLogTargets();
  targets.absent.add('/run/systemd/journal/socket');
  const opened = createJournaldDriver({ targets }).open(sampleLogSubject('journald'), {
    hostname: 'host',
    report: () => undefined,
  });
  await assert.rejects(opened, { message: 'journald is not enabled on this host' });
});
