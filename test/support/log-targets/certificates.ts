// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../run-command.ts';

/** Paths of an authority and of certificates that it gave a server (for localhost and 127.0.0.1) and a client. */
export interface Certificates extends AsyncDisposable {
  readonly authority: string;
  readonly server: { readonly certificate: string; readonly key: string };
  readonly client: { readonly certificate: string; readonly key: string };
}

const openssl = async (directory: string, args: readonly string[]): Promise<void> => {
  await mustRun('openssl', args, { cwd: directory });
};

const makeKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

const sign = async (directory: string, name: string): Promise<void> => {
  const subject = ['-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`];
  await openssl(directory, ['req', ...makeKey, ...subject]);
  const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
  const names = ['-extfile', 'names', '-days', '2'];
  await openssl(directory, [
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-out',
    `${name}.pem`,
    ...authority,
    ...names,
  ]);
};

/** Makes them in a temporary directory, which goes with them. */
export const makeCertificates = async (): Promise<Certificates> => {
  const directory = await mkdtemp(join(tmpdir(), 'bt-certificates-'));
  await writeFile(join(directory, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1');
  const self = ['-x509', '-days', '2', '-subj', '/CN=test authority', '-keyout', 'ca.key', '-out', 'ca.pem'];
  await openssl(directory, ['req', ...makeKey, ...self]);
  await sign(directory, 'server');
  await sign(directory, 'client');
  const pair = (name: string): { readonly certificate: string; readonly key: string } => ({
    certificate: join(directory, `${name}.pem`),
    key: join(directory, `${name}.key`),
  });
  return {
    authority: join(directory, 'ca.pem'),
    server: pair('server'),
    client: pair('client'),
    [Symbol.asyncDispose]: async () => rm(directory, { recursive: true, force: true }),
  };
};
