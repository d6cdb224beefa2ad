// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import { createRoutes, type Route, type RoutesDeps, type Service } from '../src/api/index.ts';

/** Routes are data: nothing of the engine is needed to list them. */
const unused = <Value extends object>(): Value =>
  new Proxy({} as Value, { get: () => (): never => undefined as never });

const deps: RoutesDeps = {
  containers: unused(),
  images: unused(),
  networks: unused(),
  volumes: unused(),
  events: unused(),
  system: unused(),
  host: { os: 'linux', architecture: 'amd64' },
};

const WORDS: Readonly<Record<Service, string>> = {
  served: 'served',
  later: '501: not yet',
  'no-swarm': '503: no swarm',
};

const serviceOf = (route: Route): Service => route.service ?? 'served';
const nounOf = ({ path }: Route): string => path.split('/')[1] ?? '';
const shown = (path: string): string => path.replaceAll(/\{(\w+)(?::[^}]+)?\}/g, '{$1}');

const row = (route: Route): string =>
  `| ${route.operation} | \`${route.method} ${shown(route.path)}\` | ${WORDS[serviceOf(route)]} |`;

const section = (noun: string, routes: readonly Route[]): string =>
  [`## ${noun}`, '', '| Operation | Request | Today |', '|---|---|---|', ...routes.map(row), ''].join('\n');

const page = (routes: readonly Route[]): string => {
  const byNoun = Map.groupBy(routes, nounOf);
  const served = routes.filter((route) => serviceOf(route) === 'served').length;
  const nouns = [...byNoun.keys()].toSorted();
  return [
    '# Coverage of the Engine API',
    '',
    `Written by \`npm run api:coverage\` from the route table: ${served} of ${routes.length} routes are served, under every`,
    'version from v1.24 to v1.51 and without one. The others answer with what stands in the last column.',
    '',
    ...nouns.map((noun) => section(noun, byNoun.get(noun) ?? [])),
  ].join('\n');
};

const file = join(import.meta.dirname, '..', 'docs', 'api-coverage.md');
const text = page(createRoutes(deps));
if (argv.includes('--check')) {
  const fresh = (await readFile(file, 'utf8').catch(() => '')) === text;
  if (!fresh) {
    stdout.write('docs/api-coverage.md is not what the route table says: run npm run api:coverage\n');
    process.exitCode = 1;
  }
} else await writeFile(file, text);
