// SPDX-License-Identifier: Apache-2.0
// Deletes from package-lock.json the optional dependencies that have no entry in it. A registry without the binaries of
// other platforms leaves such names behind, and `npm ci` then calls the lock out of sync. Run it whenever the lock changes.
import { readFileSync, writeFileSync } from 'node:fs';

interface Entry {
  optionalDependencies?: Record<string, string>;
}
interface Lock {
  readonly packages: Record<string, Entry>;
}

const PATH = 'package-lock.json';
const lock = JSON.parse(readFileSync(PATH, 'utf8')) as Lock;

/** Where npm would find `name` for the package at `place`: nested first, then each folder above. */
const isLocked = (place: string, name: string): boolean => {
  const parts = place.split('/node_modules/');
  return (
    parts.some((_, index) => {
      const folder = parts.slice(0, parts.length - index).join('/node_modules/');
      return lock.packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined;
    }) || lock.packages[`node_modules/${name}`] !== undefined
  );
};

const removed: string[] = [];
for (const [place, entry] of Object.entries(lock.packages)) {
  if (place === '') continue;
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (isLocked(place, name)) continue;
    delete entry.optionalDependencies?.[name];
    removed.push(`${place}: ${name}`);
  }
  if (entry.optionalDependencies && Object.keys(entry.optionalDependencies).length === 0)
    delete entry.optionalDependencies;
}
if (removed.length > 0) writeFileSync(PATH, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${removed.length} optional dependencies without an entry removed`);
