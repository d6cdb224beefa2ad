// SPDX-License-Identifier: Apache-2.0
// Checks what the linter has no rule for; exits 1 and names each place.
import { globSync, readFileSync } from 'node:fs';

interface Habit {
  readonly name: string;
  /** Found in a source, it is a breach. */
  readonly pattern: RegExp;
  /** Files that may. */
  readonly except: RegExp;
}

const HABITS: readonly Habit[] = [
  {
    name: 'throws are EngineErrors',
    pattern: /throw new (?:Type|Range)?Error\(/,
    except: /(?:\.test|[/-]fake|[/-]contract)\.ts$|^(?!src\/)/,
  },
  { name: 'no mutable state in a module', pattern: /^(?:export )?(?:let|var) /m, except: /\.test\.ts$/ },
  {
    name: 'the environment is read in daemon/ alone',
    pattern: /process\.env\b/,
    except: /^src\/daemon\/|^(?!src\/)/,
  },
  {
    name: 'types are not switched off',
    pattern: /@ts-(?:ignore|expect-error|nocheck)/,
    except: /^scripts\/check-habits\.ts$/,
  },
];

const LICENCE = '// SPDX-License-Identifier: Apache-2.0';

const breachesOf = (path: string): readonly string[] => {
  const source = readFileSync(path, 'utf8');
  const missing = source.startsWith(LICENCE) || source.startsWith('#!') ? [] : [`${path}: no licence line`];
  const broken = HABITS.filter(({ pattern, except }) => !except.test(path) && pattern.test(source));
  return [...missing, ...broken.map(({ name }) => `${path}: ${name}`)];
};

const paths = globSync(['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts']);
const breaches = paths.filter((path) => !path.includes('/gen/')).flatMap(breachesOf);
for (const breach of breaches) console.error(breach);
process.exitCode = breaches.length === 0 ? 0 : 1;
