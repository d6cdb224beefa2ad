// SPDX-License-Identifier: Apache-2.0
import type { LogTargets, TlsTrust } from '../../../adapters/log-targets/index.ts';
import { EngineError, messageOf } from '../../../base/errors.ts';
import type { LogOptions } from '../driver.ts';

type Files = Pick<LogTargets, 'readText'>;

const internal = (text: string, cause?: unknown): EngineError => new EngineError('internal', text, { cause });

const readAuthorities = async (files: Files, path: string): Promise<string> => {
  const name = JSON.stringify(path);
  const pem = await files.readText(path).catch((cause: unknown) => {
    throw internal(`could not read CA certificate ${name}: ${messageOf(cause)}`, cause);
  });
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw internal(`failed to append certificates from PEM file: ${name}`);
};

/** Certificate and key: both, or none. */
const readPair = async (
  files: Files,
  certificatePath: string,
  keyPath: string,
): Promise<{ readonly certificate: string; readonly key: string }> => {
  try {
    const certificate = await files.readText(certificatePath);
    const key = await files.readText(keyPath);
    if (!key.includes('-----BEGIN')) throw internal('no valid private key found');
    return { certificate, key };
  } catch (cause) {
    throw internal(`could not load X509 key pair: ${messageOf(cause)}`, cause);
  }
};

/**
 * Reads what the options `syslog-tls-…` name. To skip the check it is enough that its option is there.
 * @throws internal in dockerd's words for files that can't be used
 */
export const readTrust = async (files: Files, options: LogOptions): Promise<TlsTrust> => {
  const skipVerify = options['syslog-tls-skip-verify'] !== undefined;
  const {
    'syslog-tls-ca-cert': ca = '',
    'syslog-tls-cert': certificate = '',
    'syslog-tls-key': key = '',
  } = options;
  const authorities = skipVerify || ca === '' ? undefined : await readAuthorities(files, ca);
  const pair = certificate === '' && key === '' ? {} : await readPair(files, certificate, key);
  return {
    skipVerify,
    withSystem: true,
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...pair,
  };
};
