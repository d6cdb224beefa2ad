// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { shortId } from '../../base/ids.ts';
import type { LogSubject } from './logs.ts';

const fieldsOf = (subject: LogSubject, hostname: string): Readonly<Record<string, string>> => ({
  ID: shortId(subject.id),
  FullID: subject.id,
  Name: subject.name.replace(/^\//, ''),
  ImageID: shortId(subject.imageId),
  ImageFullID: subject.imageId,
  ImageName: subject.imageName,
  DaemonName: 'docker',
  Command: [subject.path, ...subject.args].join(' '),
  Hostname: hostname,
});

const ACTION = /\{\{-?\s*(.*?)\s*-?\}\}/g;

/**
 * Fills a tag's `{{.Name}}` and the like. Only fields are understood, no functions.
 * @throws invalid-argument for anything else between the braces
 */
export const formatTag = (template: string, subject: LogSubject, hostname: string): string => {
  const fields = fieldsOf(subject, hostname);
  return template.replace(ACTION, (_, expression: string) => {
    const value = expression.startsWith('.') ? fields[expression.slice(1)] : undefined;
    if (value === undefined)
      throw new EngineError('invalid-argument', `template: log-tag: cannot evaluate ${expression}`);
    return value;
  });
};
