// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import type { Port } from '../../../spec/port.ts';

/** What a link tells of its child. */
export interface LinkFacts {
  /** `/parent/alias` */
  readonly name: string;
  readonly address: string;
  readonly ports: readonly Port[];
  /** The child's own, as `K=V`. */
  readonly environment: readonly string[];
}

/** What every image has says nothing of the child. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set(['HOME', 'PATH']);

const rank = ({ protocol }: Port): string => (protocol === 'tcp' ? '' : protocol);

/** TCP first, then by number: the first one is the link's main port. */
const inOrder = (ports: readonly Port[]): readonly Port[] =>
  ports.toSorted((a, b) => (rank(a) === rank(b) ? a.number - b.number : rank(a) < rank(b) ? -1 : 1));

/** Splits ports into runs of one protocol whose numbers follow each other. */
const runsOf = (ports: readonly Port[]): readonly (readonly Port[])[] => {
  const runs: Port[][] = [];
  for (const port of ports) {
    const last = runs.at(-1);
    const first = last?.[0];
    const follows = port.protocol === first?.protocol && port.number === first.number + (last?.length ?? 0);
    if (follows) last?.push(port);
    else runs.push([port]);
  }
  return runs;
};

const portVariables = (alias: string, address: string, { number, protocol }: Port): readonly string[] => {
  const key = `${alias}_PORT_${number}_${protocol.toUpperCase()}`;
  return [
    `${key}=${protocol}://${address}:${number}`,
    `${key}_ADDR=${address}`,
    `${key}_PORT=${number}`,
    `${key}_PROTO=${protocol}`,
  ];
};

const rangeVariables = (alias: string, address: string, run: readonly Port[]): readonly string[] => {
  const [first, last] = [run[0], run.at(-1)];
  if (!first || !last || run.length < 2) return [];
  const from = `${alias}_PORT_${first.number}_${first.protocol.toUpperCase()}`;
  return [
    `${from}_START=${first.protocol}://${address}:${first.number}`,
    `${from}_ADDR=${address}`,
    `${from}_PROTO=${first.protocol}`,
    `${from}_PORT_START=${first.number}`,
    `${from}_END=${last.protocol}://${address}:${last.number}`,
    `${from}_PORT_END=${last.number}`,
  ];
};

const childVariables = (alias: string, environment: readonly string[]): readonly string[] =>
  environment
    .filter((entry) => entry.includes('=') && !NOT_PASSED_ON.has(entry.slice(0, entry.indexOf('='))))
    .map((entry) => `${alias}_ENV_${entry}`);

/** The variables by which a parent finds a linked container: Docker's legacy names (containers.md §17). */
export const linkEnvironment = ({ name, address, ports, environment }: LinkFacts): readonly string[] => {
  const alias = posix.basename(name).toUpperCase().replaceAll('-', '_');
  const sorted = inOrder(ports);
  const main = sorted[0];
  return [
    ...(main ? [`${alias}_PORT=${main.protocol}://${address}:${main.number}`] : []),
    ...runsOf(sorted).flatMap((run) => rangeVariables(alias, address, run)),
    ...sorted.flatMap((port) => portVariables(alias, address, port)),
    `${alias}_NAME=${name}`,
    ...childVariables(alias, environment),
  ];
};
