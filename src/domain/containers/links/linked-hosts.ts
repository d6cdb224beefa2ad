// SPDX-License-Identifier: Apache-2.0
import type { Core } from '../core.ts';
import type { Container } from '../container.ts';
import { bridgeAddress, linksOf } from './linked.ts';

/** A link's place in the parent's `/etc/hosts`: all names of the child, the alias first. */
export interface LinkedHost {
  readonly alias: string;
  readonly names: string;
  /** Empty while the child has none: then there is no line. */
  readonly address: string;
}

const namesOf = (alias: string, child: Container): string =>
  [...new Set([alias, child.config.hostname, child.name])].filter((name) => name !== '').join(' ');

/** What a container's `/etc/hosts` has to say of those it links to. */
export const linkedHosts = (
  deps: Pick<Core, 'ledger' | 'runs'>,
  container: Container,
): readonly LinkedHost[] =>
  linksOf(deps, container).flatMap(({ alias, child }) =>
    child ? [{ alias, names: namesOf(alias, child), address: bridgeAddress(deps, child) }] : [],
  );

/** Lines of a new file. */
export const linkedLines = (hosts: readonly LinkedHost[]): readonly string[] =>
  hosts.filter(({ address }) => address !== '').map(({ address, names }) => `${address}\t${names}`);

const isLineOf =
  (alias: string) =>
  (line: string): boolean =>
    line.split('\t')[1]?.split(' ')[0] === alias;

/**
 * The file with the present addresses. Other lines stay as they are, whoever wrote them; lines of `former`
 * aliases go.
 */
export const relinkHosts = (
  text: string,
  hosts: readonly LinkedHost[],
  former: readonly string[] = [],
): string => {
  let lines = text.split('\n').filter((line) => !former.some((alias) => isLineOf(alias)(line)));
  for (const { alias, names, address } of hosts.filter((host) => host.address !== '')) {
    const line = `${address}\t${names}`;
    const at = lines.findIndex(isLineOf(alias));
    lines = at < 0 ? [...lines.slice(0, -1), line, ''] : lines.with(at, line);
  }
  return lines.join('\n');
};
