// SPDX-License-Identifier: Apache-2.0

const LISTS: ReadonlySet<string> = new Set(['json', 'create', 'prune']);
const NOUNS: ReadonlySet<string> = new Set(['containers', 'exec', 'commit']);

/** The row of the endpoint that a request is for, `POST /containers/{id}/start`; none for nouns without a document. */
export function endpointRows(method: string, path: string): readonly string[] {
  const [noun = '', name, ...verb] = (path.split('?')[0] ?? '')
    .replace(/^\/v\d[\d.]*/, '')
    .split('/')
    .filter(Boolean);
  if (!NOUNS.has(noun)) return [];
  if (name === undefined) return [`${method} /${noun}`];
  if (verb.length === 0 && LISTS.has(name)) return [`${method} /${noun}/${name}`];
  const rest = verb[0] === 'checkpoints' && verb.length > 1 ? ['checkpoints', '{checkpoint}'] : verb;
  return [`${method} /${[noun, '{id}', ...rest].join('/')}`];
}
