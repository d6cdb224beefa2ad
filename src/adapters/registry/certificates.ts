// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { EngineError } from '../../base/errors.ts';

/** TLS material for one registry. */
export interface Certificates {
  /** Authorities in PEM, beside the system's. */
  readonly ca: readonly string[];
  readonly pairs: readonly { readonly cert: string; readonly key: string }[];
}

const list = async (directory: string): Promise<readonly string[]> => {
  try {
    return (await readdir(directory)).toSorted();
  } catch {
    return [];
  }
};

const read = (directory: string, name: string): Promise<string> => readFile(join(directory, name), 'utf8');

const checkPairs = (names: readonly string[]): void => {
  const missing = (name: string, from: string, to: string): void => {
    const other = name.slice(0, -from.length) + to;
    if (name.endsWith(from) && !names.includes(other)) {
      const [lacks, of] = from === '.cert' ? ['key', 'certificate'] : ['client certificate', 'key'];
      throw new EngineError('internal', `missing ${lacks} ${other} for ${of} ${name}`);
    }
  };
  for (const name of names) {
    missing(name, '.cert', '.key');
    missing(name, '.key', '.cert');
  }
};

/** Reads `<directory>/<host[:port]>/`: `*.crt` are authorities, `*.cert` with `*.key` are for clients. @throws internal for half a pair */
export const readCertificates = async (directory: string, domain: string): Promise<Certificates> => {
  const place = join(directory, domain);
  const names = await list(place);
  checkPairs(names);
  const authorities = names.filter((name) => name.endsWith('.crt')).map((name) => read(place, name));
  const pairs = names
    .filter((name) => name.endsWith('.cert'))
    .map(async (name) => ({
      cert: await read(place, name),
      key: await read(place, `${name.slice(0, -'.cert'.length)}.key`),
    }));
  return { ca: await Promise.all(authorities), pairs: await Promise.all(pairs) };
};

/** The authorities that Node brings and those that the system trusts. */
export const systemAuthorities = (): string[] => [
  ...new Set([...getCACertificates('default'), ...getCACertificates('system')]),
];
