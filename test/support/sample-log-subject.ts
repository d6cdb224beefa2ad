// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../src/base/time.ts';
import type { LogSubject } from '../../src/domain/logs/logs.ts';
import type { LogMessage } from '../../src/domain/logs/piece.ts';

/** A container whose log goes to `type` with `options`. */
export const sampleLogSubject = (
  type: string,
  options: Readonly<Record<string, string>> = {},
): LogSubject => ({
  id: 'ab'.repeat(32),
  name: 'sample',
  imageId: `sha256:${'cd'.repeat(32)}`,
  imageName: 'busybox',
  created: 1_700_000_000_000_000_000n as Timestamp,
  path: 'sh',
  args: ['-c', 'true'],
  labels: { stage: 'test' },
  env: ['HOW=well', 'LINES=a\nb'],
  directory: '/containers/sample',
  config: { type, config: options },
});

/** A line of stdout, of 2023-11-14T22:13:20.123456789Z. */
export const sampleLogMessage = (text: string, other: Partial<LogMessage> = {}): LogMessage => ({
  stream: 'stdout',
  line: Buffer.from(text),
  at: 1_700_000_000_123_456_789n as Timestamp,
  ...other,
});
