// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';

/** What a socket's error carries. */
interface SystemError {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
}

const UNKNOWN_AUTHORITY = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';

const TLS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
  EPROTO: 'http: server gave HTTP response to HTTPS client',
  ERR_SSL_WRONG_VERSION_NUMBER: 'http: server gave HTTP response to HTTPS client',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'http: server gave HTTP response to HTTPS client',
};

const DIAL: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  EACCES: 'connect: permission denied',
  ETIMEDOUT: 'i/o timeout',
};

/** The last of several tries is the one that Go tells of. */
const innermost = (error: unknown): unknown =>
  error instanceof AggregateError ? innermost(error.errors.at(-1)) : error;

const reasonOf = (error: unknown, url: URL): string => {
  const { code = '', address, port } = error as SystemError;
  const place = address === undefined ? '' : ` ${address.includes(':') ? `[${address}]` : address}:${port}`;
  const dial = DIAL[code];
  if (dial !== undefined) return `dial tcp${place}: ${dial}`;
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${url.hostname}: no such host`;
  if (code === 'EAI_AGAIN') return `dial tcp: lookup ${url.hostname}: Temporary failure in name resolution`;
  if (code === 'ECONNRESET') return 'EOF';
  return TLS[code] ?? messageOf(error);
};

/** An error of the network as Go's HTTP client tells it, since clients and people know those texts. */
export const networkError = (method: string, url: URL, thrown: unknown): EngineError => {
  const error = innermost(thrown);
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  return new EngineError('internal', `${verb} "${url.href}": ${reasonOf(error, url)}`, { cause: thrown });
};
