// SPDX-License-Identifier: Apache-2.0
import { shortId } from '../../base/ids.ts';
import { nanosOfSecond, type Timestamp } from '../../base/time.ts';
import type { LogSubject } from './logs.ts';
import { executeTemplate, type Subject } from './template/execute.ts';
import { parseTemplate } from './template/parse.ts';

/** Characters of an image's id, its algorithm included: so does dockerd. */
const SHORT = 12;

/** Go's default text of a time. */
const goTime = (at: Timestamp): string => {
  const date = new Date(Number(at / 1_000_000n)).toISOString();
  const fraction = String(nanosOfSecond(at)).padStart(9, '0').replace(/0+$/, '');
  return `${date.slice(0, 10)} ${date.slice(11, 19)}${fraction === '' ? '' : `.${fraction}`} +0000 UTC`;
};

/** What a tag can name, as dockerd's logger.Info has it. */
const fieldsOf = (subject: LogSubject, hostname: string): Subject => {
  const name = subject.name.replace(/^\//, '');
  return {
    ID: shortId(subject.id),
    FullID: subject.id,
    Name: name,
    ImageID: subject.imageId.slice(0, SHORT),
    ImageFullID: subject.imageId,
    ImageName: subject.imageName,
    DaemonName: 'docker',
    Command: [subject.path, ...subject.args].join(' '),
    Hostname: hostname,
    Config: subject.config.config ?? {},
    ContainerID: subject.id,
    ContainerName: `/${name}`,
    ContainerEntrypoint: subject.path,
    ContainerArgs: subject.args,
    ContainerImageID: subject.imageId,
    ContainerImageName: subject.imageName,
    ContainerCreated: goTime(subject.created),
    ContainerEnv: subject.env,
    ContainerLabels: subject.labels,
    LogPath: subject.config.type === 'json-file' ? `${subject.directory}/${subject.id}-json.log` : '',
  };
};

/**
 * Fills in a tag's template: Go's text/template with `if`, pipes and functions, without `range`, `with` and variables.
 * @throws invalid-argument for what can't be read or filled in, in Go's words
 */
export const formatTag = (
  template: string,
  subject: LogSubject,
  hostname: string,
  extra: Subject = {},
): string => executeTemplate(parseTemplate(template), { ...fieldsOf(subject, hostname), ...extra });
