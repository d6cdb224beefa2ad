// SPDX-License-Identifier: Apache-2.0
import type { LogSubject } from './logs.ts';
import { formatTag } from './tag.ts';

type Pairs = readonly (readonly [key: string, value: string])[];

const listed = (names: string | undefined): ReadonlySet<string> => new Set(names?.split(',') ?? []);

const matching = (pattern: string | undefined): RegExp | undefined =>
  pattern === undefined || pattern === '' ? undefined : new RegExp(pattern);

const chosen = (pairs: Pairs, names: string | undefined, pattern: string | undefined): Pairs => {
  const wanted = listed(names);
  const expression = matching(pattern);
  return pairs.filter(([key]) => wanted.has(key) || expression?.test(key) === true);
};

const environment = (env: readonly string[]): Pairs =>
  env.flatMap((entry) => {
    const at = entry.indexOf('=');
    return at < 0 ? [] : [[entry.slice(0, at), entry.slice(at + 1)] as const];
  });

/**
 * What each record carries beside its line: labels and variables that the options `labels`, `labels-regex`, `env` and
 * `env-regex` choose, and the tag when one is asked for. `undefined` for nothing.
 */
export const logAttributes = (
  subject: LogSubject,
  hostname: string,
): Readonly<Record<string, string>> | undefined => {
  const options = subject.config.config ?? {};
  const { tag } = options;
  const pairs = [
    ...chosen(Object.entries(subject.labels), options['labels'], options['labels-regex']),
    ...chosen(environment(subject.env), options['env'], options['env-regex']),
    ...(tag === undefined ? [] : [['tag', formatTag(tag || '{{.ID}}', subject, hostname)] as const]),
  ];
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
};
