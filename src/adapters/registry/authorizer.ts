// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type Timestamp, now, seconds } from '../../base/time.ts';
import type { Challenge } from './challenge.ts';
import { readWhole, type Send } from './http.ts';
import { readRefusal } from './refusal.ts';
import type { RegistryCredentials } from './registry.ts';

/** The longest answer of a token server (bytes), and the least that a token is taken to live (s). Source of the latter: images.md §4.2. */
const LONGEST_ANSWER = 1024 * 1024;
const LEAST_LIFE = 60;
const CLIENT_ID = 'docker';

interface Token {
  readonly value: string;
  readonly until: Timestamp;
}

/** What a token is asked for. */
interface TokenQuery {
  readonly realm: URL;
  readonly service: string;
  readonly scope: string;
}

export interface AuthorizerDeps {
  readonly send: Send;
  readonly credentials: RegistryCredentials;
  readonly headers: Readonly<Record<string, string>>;
  /** `repository:library/busybox:pull` */
  readonly scope: string;
}

const basic = ({ username = '', password = '' }: RegistryCredentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** Gives the `Authorization` header that a server's challenges ask for, and keeps the token while it lives. */
export class Authorizer {
  readonly #deps: AuthorizerDeps;
  #challenges: readonly Challenge[] = [];
  #token: Promise<Token> | undefined;

  constructor(deps: AuthorizerDeps) {
    this.#deps = deps;
  }

  /** What the server asks for from now on; a token of before counts no more. */
  challenge(challenges: readonly Challenge[]): void {
    this.#challenges = challenges;
    this.#token = undefined;
  }

  /** The header, when one is needed. @throws unauthorized, or what the token server says */
  async header(signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { credentials } = this.#deps;
    if (credentials.registryToken) return { Authorization: `Bearer ${credentials.registryToken}` };
    const bearer = this.#challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer) return { Authorization: `Bearer ${(await this.#fresh(bearer, signal)).value}` };
    const wantsBasic = this.#challenges.some(({ scheme }) => scheme === 'basic');
    return wantsBasic && credentials.username ? { Authorization: basic(credentials) } : {};
  }

  async #fresh(challenge: Challenge, signal: AbortSignal): Promise<Token> {
    const held = await this.#token?.catch(() => undefined);
    if (held && held.until > now()) return held;
    this.#token = this.#fetch(challenge, signal);
    return this.#token;
  }

  async #fetch({ parameters }: Challenge, signal: AbortSignal): Promise<Token> {
    const query: TokenQuery = {
      realm: realmOf(parameters.realm ?? ''),
      service: parameters.service ?? '',
      scope: parameters.scope ?? this.#deps.scope,
    };
    const { identityToken } = this.#deps.credentials;
    const response = await (identityToken
      ? this.#refresh(query, identityToken, signal)
      : this.#ask(query, signal));
    if (response.statusCode !== 200) throw await readRefusal(response, signal);
    return readToken(await readWhole(response, LONGEST_ANSWER, signal));
  }

  #ask({ realm, service, scope }: TokenQuery, signal: AbortSignal): ReturnType<Send> {
    const { credentials, headers, send } = this.#deps;
    const url = new URL(realm);
    if (service !== '') url.searchParams.set('service', service);
    if (scope !== '') url.searchParams.set('scope', scope);
    if (!credentials.username) return send({ method: 'GET', url, headers, signal });
    url.searchParams.set('account', credentials.username);
    url.searchParams.set('client_id', CLIENT_ID);
    return send({ method: 'GET', url, headers: { ...headers, Authorization: basic(credentials) }, signal });
  }

  #refresh(query: TokenQuery, identityToken: string, signal: AbortSignal): ReturnType<Send> {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: identityToken,
      service: query.service,
      scope: query.scope,
      client_id: CLIENT_ID,
    });
    const headers = { ...this.#deps.headers, 'Content-Type': 'application/x-www-form-urlencoded' };
    return this.#deps.send({ method: 'POST', url: query.realm, headers, body: form.toString(), signal });
  }
}

const realmOf = (text: string): URL => {
  try {
    return new URL(text);
  } catch (cause) {
    throw new EngineError('internal', `invalid realm in the registry's challenge: ${JSON.stringify(text)}`, {
      cause,
    });
  }
};

interface TokenAnswer {
  readonly token?: unknown;
  readonly access_token?: unknown;
  readonly expires_in?: unknown;
}

const readToken = (bytes: Buffer): Token => {
  let answer: TokenAnswer;
  try {
    answer = JSON.parse(bytes.toString('utf8')) as TokenAnswer;
  } catch (cause) {
    throw new EngineError('internal', 'unable to decode token response', { cause });
  }
  const value = answer.token ?? answer.access_token;
  if (typeof value !== 'string' || value === '')
    throw new EngineError('internal', 'authorization server did not include a token in the response');
  const life = typeof answer.expires_in === 'number' ? answer.expires_in : LEAST_LIFE;
  return { value, until: (now() + seconds(Math.max(life, LEAST_LIFE))) as Timestamp };
};
