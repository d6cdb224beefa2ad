// SPDX-License-Identifier: Apache-2.0

/** What every container's `/etc/hosts` begins with (containers.md §17). */
const HEAD: readonly string[] = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::\tip6-localnet',
  'ff00::\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
];

const GATEWAY = 'host-gateway';

/** `name:address` as a line; `host-gateway` stands for the host's own address on the default bridge. */
const extraLine = (entry: string, gateway: string): string => {
  const at = entry.indexOf(':');
  const address = entry.slice(at + 1).replace(/^\[(.*)\]$/, '$1');
  return `${address === GATEWAY ? gateway : address}\t${entry.slice(0, at)}`;
};

/** The text of `/etc/hosts`. `own` are the lines that name the container itself; `gateway` is the host's address. */
export const hostsFile = (extraHosts: readonly string[], own: readonly string[], gateway: string): string =>
  [...HEAD, ...extraHosts.map((entry) => extraLine(entry, gateway)), ...own]
    .map((line) => `${line}\n`)
    .join('');
