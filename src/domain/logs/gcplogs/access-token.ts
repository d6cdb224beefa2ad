// SPDX-License-Identifier: Apache-2.0
import { createSign } from 'node:crypto';
import type { LogTargets } from '../../../adapters/log-targets/index.ts';
import { EngineError, isKind, messageOf } from '../../../base/errors.ts';
import { seconds } from '../../../base/time.ts';
import { askMetadata, type GcpDeps } from './metadata-server.ts';

/** What the search for credentials needs. */
export interface TokenDeps extends GcpDeps {
  readonly files: Pick<LogTargets, 'readText'>;
}

/** What may be done with a token, how long one is asked for (s), and where. Source: developers.google.com, "Using OAuth 2.0 for Server to Server Applications". */
const SCOPE = 'https://www.googleapis.com/auth/logging.write';
const LIFETIME = 3600;
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const PATIENCE = seconds(10);
/** Tokens are renewed so long before they end (ms). */
const MARGIN = 60_000;

/** A file of credentials: a service account's key, or what a user's log-in left. */
interface KeyFile {
  readonly type?: string;
  readonly client_email?: string;
  readonly private_key?: string;
  readonly private_key_id?: string;
  readonly token_uri?: string;
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly refresh_token?: string;
  readonly project_id?: string;
}

interface Token {
  readonly value: string;
  readonly expires: number;
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A signed assertion of who asks (RFC 7523). `at` in seconds since 1970. */
const assertion = (key: KeyFile, audience: string, at: number): string => {
  const head = encoded({ alg: 'RS256', typ: 'JWT', kid: key.private_key_id });
  const claims = encoded({
    iss: key.client_email,
    scope: SCOPE,
    aud: audience,
    iat: at,
    exp: at + LIFETIME,
  });
  const signature = createSign('RSA-SHA256')
    .update(`${head}.${claims}`)
    .sign(key.private_key ?? '', 'base64url');
  return `${head}.${claims}.${signature}`;
};

const grantOf = (key: KeyFile, audience: string): Readonly<Record<string, string>> => {
  if (key.type === 'authorized_user')
    return {
      grant_type: 'refresh_token',
      client_id: key.client_id ?? '',
      client_secret: key.client_secret ?? '',
      refresh_token: key.refresh_token ?? '',
    };
  return { grant_type: JWT_GRANT, assertion: assertion(key, audience, Math.floor(Date.now() / 1000)) };
};

const tokenOf = (text: string): Token => {
  const { access_token: value, expires_in: span } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (typeof value !== 'string')
    throw new EngineError('unavailable', 'oauth2: server response missing access_token');
  return { value, expires: Date.now() + Number(span ?? LIFETIME) * 1000 };
};

const exchange = async ({ client }: TokenDeps, key: KeyFile, signal: AbortSignal): Promise<Token> => {
  const audience = key.token_uri ?? TOKEN_URL;
  const answer = await client.call({
    method: 'POST',
    url: new URL(audience),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(new URLSearchParams(grantOf(key, audience)).toString()),
    patience: PATIENCE,
    signal,
  });
  if (answer.status !== 200)
    throw new EngineError(
      'unavailable',
      `oauth2: cannot fetch token: ${answer.statusLine}\nResponse: ${answer.body}`,
    );
  return tokenOf(answer.body);
};

/** Source: cloud.google.com, "How Application Default Credentials works". */
const WELL_KNOWN = '.config/gcloud/application_default_credentials.json';

const readKeyFile = async ({ files, environment }: TokenDeps): Promise<KeyFile | undefined> => {
  const named = environment['GOOGLE_APPLICATION_CREDENTIALS'];
  const path = named || `${environment['HOME'] || '/root'}/${WELL_KNOWN}`;
  try {
    return JSON.parse(await files.readText(path)) as KeyFile;
  } catch (cause) {
    if (!named && isKind(cause, 'not-found')) return undefined;
    const text = `google: error getting credentials using GOOGLE_APPLICATION_CREDENTIALS environment variable: ${messageOf(cause)}`;
    throw new EngineError('internal', text, { cause });
  }
};

const fetchToken = async (deps: TokenDeps, signal: AbortSignal): Promise<Token> => {
  const key = await readKeyFile(deps);
  if (key) return exchange(deps, key, signal);
  const answer = await askMetadata(deps, 'instance/service-accounts/default/token', signal);
  if (answer !== undefined) return tokenOf(answer);
  throw new EngineError(
    'unavailable',
    'google: could not find default credentials. See https://cloud.google.com/docs/authentication/external/set-up-adc for more information',
  );
};

/** Gives tokens that allow to write logs, fetched again before they end. The promise rejects with unavailable when there are none. */
export const tokenSource = (deps: TokenDeps): ((signal: AbortSignal) => Promise<string>) => {
  let known: Token | undefined;
  return async (signal) => {
    if (!known || known.expires - MARGIN <= Date.now()) known = await fetchToken(deps, signal);
    return known.value;
  };
};
