// SPDX-License-Identifier: Apache-2.0
import { compileGoPattern } from '../../spec/go-pattern.ts';
import type { LogSubject } from './logs.ts';
import { formatTag } from './tag.ts';

type Pairs = readonly (readonly [key: string, value: string])[];

const listed = (names: string | undefined): ReadonlySet<string> => new Set(names?.split(',') ?? []);

const matching = (pattern: string | undefined): RegExp | undefined =>
  pattern === undefined || pattern === '' ? undefined : compileGoPattern(pattern);

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
 * The labels and variables that the options `labels`, `labels-regex`, `env` and `env-regex` choose, under the names that
 * `nameOf` makes of theirs.
 * @throws invalid-argument for an expression that can't be read
 */
export const extraAttributes = (
  subject: LogSubject,
  nameOf: (name: string) => string = (name) => name,
): Readonly<Record<string, string>> => {
  const options = subject.config.config ?? {};
  const pairs = [
    ...chosen(Object.entries(subject.labels), options['labels'], options['labels-regex']),
    ...chosen(environment(subject.env), options['env'], options['env-regex']),
  ];
  return Object.fromEntries(pairs.map(([name, value]) => [nameOf(name), value]));
};

/**
 * The text of the option `tag`, or of `fallback` where there is none: `{{.ID}}` for most drivers.
 * @throws internal for a template that can't be read
 */
export const logTag = (subject: LogSubject, hostname: string, fallback = '{{.ID}}'): string =>
  formatTag(subject.config.config?.['tag'] || fallback, subject, hostname, {
    ExtraAttributes: extraAttributes(subject),
  });
