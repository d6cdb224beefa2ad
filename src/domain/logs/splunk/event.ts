// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { Timestamp } from '../../../base/time.ts';
import { extraAttributes, logTag } from '../attributes.ts';
import type { LogOptions } from '../driver.ts';
import type { LogSubject } from '../logs.ts';
import type { LogMessage } from '../piece.ts';

/** What the collector knows an event by beside its text. Names: docs.splunk.com, "Format events for HTTP Event Collector". */
const metadata = (options: LogOptions, hostname: string): Readonly<Record<string, string>> => {
  const chosen = {
    source: options['splunk-source'],
    sourcetype: options['splunk-sourcetype'],
    index: options['splunk-index'],
  };
  const given = Object.entries(chosen).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return { host: hostname, ...(Object.fromEntries(given) as Record<string, string>) };
};

/** Seconds with six digits, as text. */
const timeText = (at: Timestamp): string => {
  const microseconds = (at / 1000n).toString().padStart(7, '0');
  return `${microseconds.slice(0, -6)}.${microseconds.slice(-6)}`;
};

const textOf = ({ line }: LogMessage): string =>
  Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString();

/** The line as the JSON that it is, or as a text when it is none. */
const jsonOrText = (text: string): string => {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
};

/** The JSON of an event's body; `undefined` for a line that the collector would not take. */
type Body = (message: LogMessage) => string | undefined;

const structured = (
  line: (text: string) => string,
  tag: string,
  attributes: Readonly<Record<string, string>>,
): Body => {
  const attrs = Object.keys(attributes).length === 0 ? {} : { attrs: attributes };
  const rest = JSON.stringify({ ...(tag === '' ? {} : { tag }), ...attrs }).slice(1);
  const tail = rest === '}' ? rest : `,${rest}`;
  return (message) => `{"line":${line(textOf(message))},"source":"${message.stream}"${tail}`;
};

const raw = (tag: string, attributes: Readonly<Record<string, string>>): Body => {
  const words = [...(tag === '' ? [] : [tag]), ...Object.entries(attributes).map(([k, v]) => `${k}=${v}`)];
  const prefix = words.map((word) => `${word} `).join('');
  return (message) => {
    const text = textOf(message);
    return text.trim() === '' ? undefined : JSON.stringify(prefix + text);
  };
};

const bodyOf = (format: string, tag: string, attributes: Readonly<Record<string, string>>): Body => {
  if (format === 'inline') return structured(JSON.stringify, tag, attributes);
  if (format === 'json') return structured(jsonOrText, tag, attributes);
  if (format === 'raw') return raw(tag, attributes);
  throw new EngineError(
    'invalid-argument',
    `unknown format specified ${format}, supported formats are inline, json and raw`,
  );
};

/** Makes the collector's events of messages; `undefined` for one that it would not take. */
export type SplunkEncoder = (message: LogMessage) => Buffer | undefined;

/** The tag: none when the option is there and empty. @throws internal for a template that can't be read */
export const splunkTag = (subject: LogSubject, hostname: string): string =>
  subject.config.config?.['tag'] === '' ? '' : logTag(subject, hostname);

/** @throws invalid-argument for a format that is not known, in dockerd's words */
export const splunkEncoder = (
  subject: LogSubject,
  hostname: string,
  format: string,
  tag: string,
): SplunkEncoder => {
  const options = subject.config.config ?? {};
  const body = bodyOf(format, tag, extraAttributes(subject));
  const head = JSON.stringify(metadata(options, hostname)).slice(0, -1);
  return (message) => {
    const event = body(message);
    return event === undefined
      ? undefined
      : Buffer.from(`${head},"time":"${timeText(message.at)}","event":${event}}`);
  };
};
