// SPDX-License-Identifier: Apache-2.0
// Checks the layer rules of ARCHITECTURE.md over every import of the repository; exits 1 and names each breach.
import { globSync, readFileSync } from 'node:fs';
import { findBreaches } from './layers/check.ts';

const paths = globSync(['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts']);
const breaches = findBreaches(new Map(paths.map((path) => [path, readFileSync(path, 'utf8')])));
for (const breach of breaches) console.error(breach);
console.log(`layers: ${paths.length} files, ${breaches.length} breaches`);
process.exitCode = breaches.length === 0 ? 0 : 1;
