// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';

/** Flags that exclude each other: the last one written wins. */
const OPPOSITES: readonly (readonly string[])[] = [
  ['exec', 'noexec'],
  ['suid', 'nosuid'],
  ['dev', 'nodev'],
  ['rw', 'ro'],
  ['async', 'sync'],
  ['atime', 'noatime'],
  ['diratime', 'nodiratime'],
  ['relatime', 'norelatime'],
  ['strictatime', 'nostrictatime'],
  ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave', 'unbindable', 'runbindable'],
  ['bind', 'rbind'],
  ['dirsync'],
  ['mand', 'nomand'],
  ['remount'],
];

const GROUP_OF = new Map(
  OPPOSITES.flatMap((group, index) => group.map((flag) => [flag, `flag ${index}`] as const)),
);

/** Settings with a value (Documentation/filesystems/tmpfs.rst). */
const SETTINGS = new Set(['size', 'mode', 'uid', 'gid', 'nr_inodes', 'nr_blocks', 'mpol']);

const DEFAULTS = ['noexec', 'nosuid', 'nodev', 'rprivate'];

const groupOf = (option: string): string => {
  const flag = GROUP_OF.get(option);
  if (flag !== undefined) return flag;
  const [key = '', value] = option.split('=', 2);
  if (SETTINGS.has(key) && value !== undefined) return key;
  const words = value === undefined ? [key] : [key, option.slice(key.length + 1)];
  throw new EngineError(
    'internal',
    `invalid tmpfs option [${words.map((word) => JSON.stringify(word)).join(' ')}]`,
  );
};

/** The options of a tmpfs: safe defaults, then the client's, of which the last of contradicting ones holds. @throws internal */
export const tmpfsOptions = (asked: readonly string[]): readonly string[] => {
  const byGroup = new Map<string, string>();
  for (const option of [...DEFAULTS, ...asked.filter((text) => text !== 'defaults')]) {
    const group = groupOf(option);
    byGroup.delete(group);
    byGroup.set(group, option);
  }
  return [...byGroup.values()];
};
