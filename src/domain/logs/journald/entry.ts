// SPDX-License-Identifier: Apache-2.0
import { formatRfc3339Nano } from '../../../base/time.ts';
import { extraAttributes, logTag } from '../attributes.ts';
import type { LogSubject } from '../logs.ts';
import type { LogMessage } from '../piece.ts';

const NEWLINE = Buffer.from('\n');

/** Syslog's severities, which the journal uses. */
const ERROR = 3;
const INFORMATIONAL = 6;

/**
 * One field as journald reads it: `NAME=value` and a newline; a value with newlines has its length (64 bits, little
 * endian) before it instead. Source: systemd.io, "Native Journal Protocol".
 */
const field = (name: string, value: Uint8Array): Buffer => {
  if (!value.includes(0x0a)) return Buffer.concat([Buffer.from(`${name}=`), value, NEWLINE]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, value, NEWLINE]);
};

/** A name that the journal takes: upper case letters, digits and underscores, none of which comes first. */
export const journalName = (name: string): string =>
  name
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replace(/[^A-Z0-9]/gu, '_')
    .replace(/^_+/, '');

/** Makes entries of messages, numbered from 1 on under `epoch` (64 hex digits that no other run has). */
export const entryEncoder = (
  subject: LogSubject,
  hostname: string,
  epoch: string,
): ((message: LogMessage) => Uint8Array) => {
  const tag = logTag(subject, hostname);
  const fields: Readonly<Record<string, string>> = {
    CONTAINER_ID: subject.id.slice(0, 12),
    CONTAINER_ID_FULL: subject.id,
    CONTAINER_NAME: subject.name.replace(/^\//, ''),
    CONTAINER_TAG: tag,
    IMAGE_NAME: subject.imageName,
    SYSLOG_IDENTIFIER: tag,
    CONTAINER_LOG_EPOCH: epoch,
    ...extraAttributes(subject, journalName),
  };
  const same = Buffer.concat(
    Object.entries(fields)
      .filter(([name]) => name !== '')
      .map(([name, value]) => field(name, Buffer.from(value))),
  );
  let ordinal = 0;
  return ({ stream, line, at, partial }) => {
    ordinal += 1;
    const head = `PRIORITY=${stream === 'stderr' ? ERROR : INFORMATIONAL}\n`;
    const rest = [`SYSLOG_TIMESTAMP=${formatRfc3339Nano(at)}`, `CONTAINER_LOG_ORDINAL=${ordinal}`];
    if (partial) {
      rest.push(
        `CONTAINER_PARTIAL_ID=${partial.id}`,
        `CONTAINER_PARTIAL_ORDINAL=${partial.ordinal}`,
        `CONTAINER_PARTIAL_LAST=${partial.last}`,
      );
      if (!partial.last) rest.push('CONTAINER_PARTIAL_MESSAGE=true');
    }
    return Buffer.concat([
      Buffer.from(head),
      field('MESSAGE', line),
      same,
      Buffer.from(`${rest.join('\n')}\n`),
    ]);
  };
};
