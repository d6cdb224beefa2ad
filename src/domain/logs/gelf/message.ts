// SPDX-License-Identifier: Apache-2.0
import { formatRfc3339Nano } from '../../../base/time.ts';
import { extraAttributes, logTag } from '../attributes.ts';
import type { LogSubject } from '../logs.ts';
import type { LogMessage } from '../piece.ts';

/** Syslog's severities, which GELF uses. */
const ERROR = 3;
const INFORMATIONAL = 6;

const additional = (name: string): string => (name.startsWith('_') ? name : `_${name}`);

/**
 * Makes GELF 1.1 messages (JSON) of a container's. What is the same in all of them is written once.
 * Source: "GELF Payload Specification", go2docs.graylog.org; names of the additional fields: docs.docker.com.
 */
export const gelfEncoder = (subject: LogSubject, hostname: string): ((message: LogMessage) => Uint8Array) => {
  const fields: Readonly<Record<string, string>> = {
    _command: [subject.path, ...subject.args].join(' '),
    _container_id: subject.id,
    _container_name: subject.name.replace(/^\//, ''),
    _created: formatRfc3339Nano(subject.created),
    _image_id: subject.imageId,
    _image_name: subject.imageName,
    _tag: logTag(subject, hostname),
    ...extraAttributes(subject, additional),
  };
  const head = `{"version":"1.1","host":${JSON.stringify(hostname)},"short_message":`;
  const tail = `,${JSON.stringify(fields).slice(1)}`;
  return ({ stream, line, at }) => {
    const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString();
    const milliseconds = at / 1_000_000n;
    const level = stream === 'stderr' ? ERROR : INFORMATIONAL;
    const timestamp = Number(milliseconds) / 1000;
    return Buffer.from(`${head}${JSON.stringify(text)},"timestamp":${timestamp},"level":${level}${tail}`);
  };
};
