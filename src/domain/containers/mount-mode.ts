// SPDX-License-Identifier: Apache-2.0

/** What the third part of a bind (`ro,z,rslave`) says. */
export interface MountMode {
  readonly readOnly: boolean;
  /** Empty when not given. */
  readonly propagation: string;
  readonly noCopy: boolean;
}

type Group = 'access' | 'label' | 'propagation' | 'copy' | 'consistency';

const GROUPS: ReadonlyMap<string, Group> = new Map<string, Group>([
  ['ro', 'access'],
  ['rw', 'access'],
  ['z', 'label'],
  ['Z', 'label'],
  ['private', 'propagation'],
  ['rprivate', 'propagation'],
  ['shared', 'propagation'],
  ['rshared', 'propagation'],
  ['slave', 'propagation'],
  ['rslave', 'propagation'],
  ['nocopy', 'copy'],
  ['consistent', 'consistency'],
  ['cached', 'consistency'],
  ['delegated', 'consistency'],
]);

/** The propagation words of a bind mount. */
export const PROPAGATIONS: ReadonlySet<string> = new Set(
  [...GROUPS].filter(([, group]) => group === 'propagation').map(([word]) => word),
);

/** Reads a mode; `undefined` when a word is unknown or a kind of word comes twice. */
export const parseMountMode = (text: string): MountMode | undefined => {
  if (text === '') return { readOnly: false, propagation: '', noCopy: false };
  const words = new Map<Group, string>();
  for (const word of text.split(',')) {
    const group = GROUPS.get(word);
    if (group === undefined || words.has(group)) return undefined;
    words.set(group, word);
  }
  return {
    readOnly: words.get('access') === 'ro',
    propagation: words.get('propagation') ?? '',
    noCopy: words.has('copy'),
  };
};
