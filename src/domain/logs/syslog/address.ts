// SPDX-License-Identifier: Apache-2.0
import type { LogTargets } from '../../../adapters/log-targets/index.ts';
import { EngineError, messageOf } from '../../../base/errors.ts';
import { parseGoUrl, splitHostPort } from '../remote/go-url.ts';

/** The port of syslog over udp and tcp (RFC 3164, section 2). */
const DEFAULT_PORT = '514';

/** Where messages go; `undefined` for whatever takes them on this host. */
export type SyslogAddress =
  | { readonly scheme: 'unix' | 'unixgram'; readonly path: string }
  | { readonly scheme: 'udp' | 'tcp' | 'tcp+tls'; readonly host: string; readonly port: string };

const withPort = (host: string): { readonly host: string; readonly port: string } => {
  try {
    return splitHostPort(host);
  } catch (error) {
    if (!messageOf(error).includes('missing port in address')) throw error;
    return { host: host.replace(/^\[(.*)\]$/, '$1'), port: DEFAULT_PORT };
  }
};

const assertExists = (path: string, targets: Pick<LogTargets, 'assertExists'>): void => {
  try {
    targets.assertExists(path);
  } catch (cause) {
    throw new EngineError('invalid-argument', messageOf(cause), { cause });
  }
};

/**
 * Reads the option `syslog-address`.
 * @throws invalid-argument in dockerd's words, for a unix socket that is not there among others
 */
export const parseAddress = (
  text: string | undefined,
  targets: Pick<LogTargets, 'assertExists'>,
): SyslogAddress | undefined => {
  if (text === undefined || text === '') return undefined;
  const { scheme, host, path } = parseGoUrl(text);
  if (scheme === 'unix' || scheme === 'unixgram') {
    assertExists(path, targets);
    return { scheme, path };
  }
  if (scheme !== 'udp' && scheme !== 'tcp' && scheme !== 'tcp+tls')
    throw new EngineError('invalid-argument', `unsupported scheme: '${scheme}'`);
  return { scheme, ...withPort(host) };
};
