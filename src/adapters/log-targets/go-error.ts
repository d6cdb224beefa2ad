// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import { dialText, innermostError, socketErrnoText } from '../../sys/dial-text.ts';
import { errnoText } from '../../sys/errno-text.ts';
import { errnoOf } from '../../sys/errno.ts';

const NOT_TLS = 'tls: first record does not look like a TLS handshake';

/** Why a connection to `host` over `network` did not come about, as Go's dialer tells it. `place` is host and port, or a path. */
export const dialReason = (thrown: unknown, network: string, host: string, place: string): string =>
  dialText(thrown, { network, host, place, notTls: NOT_TLS });

/** Why a write over `network` to `place` failed, as Go tells it. */
export const writeFailure = (thrown: unknown, network: string, place: string): EngineError => {
  const known = socketErrnoText(errnoOf(innermostError(thrown)) ?? '') ?? 'broken pipe';
  return new EngineError('unavailable', `write ${network} ${place}: write: ${known}`, { cause: thrown });
};

/** What a file operation threw, as Go tells it: `open /x: no such file or directory`. */
export const fileError = (thrown: unknown, operation: 'open' | 'stat', path: string): EngineError => {
  const code = errnoOf(thrown) ?? '';
  const text = `${operation} ${path}: ${errnoText(code) ?? messageOf(thrown)}`;
  return new EngineError(code === 'ENOENT' ? 'not-found' : 'internal', text, { cause: thrown });
};
