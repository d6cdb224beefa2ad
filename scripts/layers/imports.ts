// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';

/** One import statement: who imports what, both as paths from the repository's root. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** `import type …` or `export type … from …`: gone when the program runs. */
  readonly typeOnly: boolean;
}

const STATEMENT = /^(?:import|export)\s+(type\s)?[^;'"]*?from\s+['"]([^'"]+)['"]/gm;
const SIDE_EFFECT = /^import\s+['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** The relative imports of one source file, dynamic ones included. Packages are left out. */
export const importsOf = (from: string, source: string): readonly Import[] => {
  const found = [
    ...[...source.matchAll(STATEMENT)].map((match) => ({
      target: match[2] ?? '',
      typeOnly: match[1] !== undefined,
    })),
    ...[...source.matchAll(SIDE_EFFECT), ...source.matchAll(DYNAMIC)].map((match) => ({
      target: match[1] ?? '',
      typeOnly: false,
    })),
  ];
  return found
    .filter(({ target }) => target.startsWith('.'))
    .map(({ target, typeOnly }) => ({ from, to: posix.join(posix.dirname(from), target), typeOnly }));
};
