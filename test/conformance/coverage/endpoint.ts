// SPDX-License-Identifier: Apache-2.0

const LISTS: ReadonlySet<string> = new Set(['json', 'create', 'prune']);

const words = (text: string): ReadonlySet<string> => new Set(text.split(' ').filter(Boolean));

/** What is named in rows of a noun, and the verbs of its things. */
const NOUNS: ReadonlyMap<string, { readonly named: string; readonly verbs: ReadonlySet<string> }> = new Map([
  [
    'containers',
    {
      named: '{id}',
      verbs: words(
        'json top logs changes export stats resize start stop restart kill update rename pause unpause attach ' +
          'attach/ws wait archive exec checkpoints',
      ),
    },
  ],
  ['exec', { named: '{id}', verbs: words('start resize json') }],
  ['commit', { named: '{id}', verbs: words('') }],
  ['networks', { named: '{id}', verbs: words('connect disconnect') }],
  ['volumes', { named: '{name}', verbs: words('') }],
]);

/** The verb behind a name; names by which containers link to each other hold a slash themselves. */
function verbOf(verbs: ReadonlySet<string>, rest: readonly string[]): readonly string[] {
  const at = rest.indexOf('checkpoints');
  if (at >= 0) return rest.length > at + 1 ? ['checkpoints', '{checkpoint}'] : ['checkpoints'];
  const two = rest.slice(-2).join('/');
  if (verbs.has(two)) return [two];
  return verbs.has(rest.at(-1) ?? '') ? rest.slice(-1) : [];
}

/** The row of the endpoint that a request is for, `POST /containers/{id}/start`; none for nouns without a document. */
export function endpointRows(method: string, path: string): readonly string[] {
  const [noun = '', name, ...rest] = (path.split('?')[0] ?? '')
    .replace(/^\/v\d[\d.]*/, '')
    .split('/')
    .filter(Boolean);
  const known = NOUNS.get(noun);
  if (!known) return [];
  if (name === undefined) return [`${method} /${noun}`];
  if (rest.length === 0 && LISTS.has(name)) return [`${method} /${noun}/${name}`];
  return [`${method} /${[noun, known.named, ...verbOf(known.verbs, rest)].join('/')}`];
}
