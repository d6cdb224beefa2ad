// SPDX-License-Identifier: Apache-2.0
import { messageOf } from '../base/errors.ts';
import { errnoText } from './errno-text.ts';
import { errnoOf } from './errno.ts';

const UNKNOWN_AUTHORITY = 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
const EXPIRED = 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';

/** How Go refuses a certificate, by the code of Node's that stands for it. */
const CERTIFICATES: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: EXPIRED,
};

/** The other side does not speak TLS. */
const NOT_TLS: ReadonlySet<string> = new Set([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);

const LOOKUPS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'Temporary failure in name resolution',
};

/** What sockets meet and files do not. */
const SOCKETS: Readonly<Record<string, string>> = {
  ECONNRESET: 'connection reset by peer',
  EMSGSIZE: 'message too long',
  ENOTSOCK: 'socket operation on non-socket',
  EPIPE: 'broken pipe',
  EPROTOTYPE: 'protocol wrong type for socket',
};

/** What a socket's error of Node's carries. */
interface SocketError {
  readonly address?: string;
  readonly port?: number;
}

/** Where a connection was to lead. */
export interface Dialled {
  /** `tcp`, `udp`, `unix` … */
  readonly network: string;
  readonly host: string;
  /** What stands for the address where the error names none: host and port, or a path. */
  readonly place?: string;
  /** What is said of another side that does not speak TLS. */
  readonly notTls: string;
}

/** `10.0.0.1:514`, `[::1]:514` */
export const joinHostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** The last of several tries is the one that Go tells of. */
export const innermostError = (error: unknown): unknown =>
  error instanceof AggregateError ? innermostError(error.errors.at(-1)) : error;

/** Text of an errno that a socket can meet. */
export const socketErrnoText = (code: string): string | undefined => SOCKETS[code] ?? errnoText(code);

/** Why a connection did not come about, as Go's dialer tells it: `dial tcp 10.0.0.1:80: connect: connection refused`. */
export const dialText = (thrown: unknown, { network, host, place, notTls }: Dialled): string => {
  const error = innermostError(thrown);
  const { address, port } = (error ?? {}) as SocketError;
  const code = errnoOf(error) ?? '';
  const lookup = LOOKUPS[code];
  if (lookup !== undefined) return `dial ${network}: lookup ${host}: ${lookup}`;
  const where = address === undefined || port === undefined ? place : joinHostPort(address, port);
  const dial = ['dial', network, ...(where === undefined ? [] : [where])].join(' ');
  if (code === 'ETIMEDOUT') return `${dial}: i/o timeout`;
  const text = socketErrnoText(code);
  if (text !== undefined) return `${dial}: connect: ${text}`;
  return CERTIFICATES[code] ?? (NOT_TLS.has(code) ? notTls : messageOf(error));
};
