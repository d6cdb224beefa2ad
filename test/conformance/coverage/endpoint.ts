// SPDX-License-Identifier: Apache-2.0

const LISTS: ReadonlySet<string> = new Set(['json', 'create', 'prune']);
const NOUNS: ReadonlySet<string> = new Set(['containers', 'exec', 'commit']);
const VERBS: ReadonlySet<string> = new Set(
  (
    'json top logs changes export stats resize start stop restart kill update rename pause unpause attach attach/ws wait ' +
    'archive exec checkpoints'
  ).split(' '),
);

/** The verb behind a name; names by which containers link to each other hold a slash themselves. */
function verbOf(rest: readonly string[]): readonly string[] {
  const at = rest.indexOf('checkpoints');
  if (at >= 0) return rest.length > at + 1 ? ['checkpoints', '{checkpoint}'] : ['checkpoints'];
  const two = rest.slice(-2).join('/');
  if (VERBS.has(two)) return [two];
  return VERBS.has(rest.at(-1) ?? '') ? rest.slice(-1) : [];
}

/** The row of the endpoint that a request is for, `POST /containers/{id}/start`; none for nouns without a document. */
export function endpointRows(method: string, path: string): readonly string[] {
  const [noun = '', name, ...verb] = (path.split('?')[0] ?? '')
    .replace(/^\/v\d[\d.]*/, '')
    .split('/')
    .filter(Boolean);
  if (!NOUNS.has(noun)) return [];
  if (name === undefined) return [`${method} /${noun}`];
  if (verb.length === 0 && LISTS.has(name)) return [`${method} /${noun}/${name}`];
  return [`${method} /${[noun, '{id}', ...verbOf(verb)].join('/')}`];
}
