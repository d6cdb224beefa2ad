// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import { errnoOf } from '../../sys/errno.ts';

const UNKNOWN_AUTHORITY = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
const EXPIRED = 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
const NO_TLS = 'tls: first record does not look like a TLS handshake';

const TLS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: EXPIRED,
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
};

/** How Go's `syscall.Errno` reads. */
const ERRNO: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  EISDIR: 'is a directory',
  EMSGSIZE: 'message too long',
  ENETUNREACH: 'network is unreachable',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  ENOTSOCK: 'socket operation on non-socket',
  EPIPE: 'broken pipe',
  EPROTOTYPE: 'protocol wrong type for socket',
};

/** The last of several tries is the one that Go tells of. */
const innermost = (error: unknown): unknown =>
  error instanceof AggregateError ? innermost(error.errors.at(-1)) : error;

/** `10.0.0.1:514`, `[::1]:514` */
export const joinHostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** The address that a socket's error names; the one asked for otherwise. */
const placeOf = (error: unknown, fallback: string): string => {
  const { address, port } = error as { readonly address?: string; readonly port?: number };
  return address === undefined || port === undefined ? fallback : joinHostPort(address, port);
};

/** Why a connection to `host` over `network` did not come about, as Go's dialer tells it. `place` is host and port, or a path. */
export const dialReason = (thrown: unknown, network: string, host: string, place: string): string => {
  const error = innermost(thrown);
  const code = errnoOf(error) ?? '';
  if (code === 'ENOTFOUND') return `dial ${network}: lookup ${host}: no such host`;
  if (code === 'EAI_AGAIN') return `dial ${network}: lookup ${host}: Temporary failure in name resolution`;
  if (code === 'ETIMEDOUT') return `dial ${network} ${placeOf(error, place)}: i/o timeout`;
  const known = ERRNO[code];
  if (known !== undefined) return `dial ${network} ${placeOf(error, place)}: connect: ${known}`;
  return TLS[code] ?? messageOf(error);
};

/** Why a write over `network` to `place` failed, as Go tells it. */
export const writeFailure = (thrown: unknown, network: string, place: string): EngineError => {
  const known = ERRNO[errnoOf(innermost(thrown)) ?? ''] ?? 'broken pipe';
  return new EngineError('unavailable', `write ${network} ${place}: write: ${known}`, { cause: thrown });
};

/** What a file operation threw, as Go tells it: `open /x: no such file or directory`. */
export const fileError = (thrown: unknown, operation: 'open' | 'stat', path: string): EngineError => {
  const code = errnoOf(thrown) ?? '';
  const text = `${operation} ${path}: ${ERRNO[code] ?? messageOf(thrown)}`;
  return new EngineError(code === 'ENOENT' ? 'not-found' : 'internal', text, { cause: thrown });
};
