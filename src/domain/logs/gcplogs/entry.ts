// SPDX-License-Identifier: Apache-2.0
import { formatRfc3339Nano } from '../../../base/time.ts';
import { extraAttributes } from '../attributes.ts';
import type { LogSubject } from '../logs.ts';
import type { LogMessage } from '../piece.ts';
import type { Instance } from './metadata-server.ts';

/** The instance as options or the metadata server tell it; `undefined` when none of them does. */
export const instanceOf = (
  subject: LogSubject,
  found: Instance | undefined,
): Omit<Instance, 'projectId'> | undefined => {
  if (found) return found;
  const options = subject.config.config ?? {};
  const told = {
    zone: options['gcp-meta-zone'] ?? '',
    name: options['gcp-meta-name'] ?? '',
    id: options['gcp-meta-id'] ?? '',
  };
  return Object.values(told).some((value) => value !== '') ? told : undefined;
};

const withoutEmpty = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '' && value !== undefined));

const containerOf = (subject: LogSubject): Readonly<Record<string, unknown>> => {
  const metadata = extraAttributes(subject);
  const withCommand = subject.config.config?.['gcp-log-cmd'] === 'true';
  return withoutEmpty({
    name: subject.name.startsWith('/') ? subject.name : `/${subject.name}`,
    id: subject.id,
    imageName: subject.imageName,
    imageId: subject.imageId,
    created: formatRfc3339Nano(subject.created),
    command: withCommand ? [subject.path, ...subject.args].join(' ') : undefined,
    metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
  });
};

/** Makes the JSON of a `LogEntry` of each message. Its fields: cloud.google.com, "LogEntry"; the payload's are dockerd's. */
export const entryEncoder = (
  subject: LogSubject,
  instance: Omit<Instance, 'projectId'> | undefined,
): ((message: LogMessage) => string) => {
  const about = {
    ...(instance
      ? { instance: withoutEmpty({ zone: instance.zone, name: instance.name, id: instance.id }) }
      : {}),
    container: containerOf(subject),
  };
  const tail = `${JSON.stringify(about).slice(1)}}`;
  return ({ line, at }) => {
    const text = JSON.stringify(Buffer.from(line).toString());
    const message = text === '""' ? '' : `"message":${text},`;
    return `{"timestamp":"${formatRfc3339Nano(at)}","jsonPayload":{${message}${tail}`;
  };
};

/** What the entries are about: the instance when it is known, or else the project. */
export const resourceOf = (project: string, instance: Omit<Instance, 'projectId'> | undefined): object =>
  instance
    ? { type: 'gce_instance', labels: { instance_id: instance.id, zone: instance.zone } }
    : { type: 'global', labels: { project_id: project } };
