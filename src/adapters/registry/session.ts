// SPDX-License-Identifier: Apache-2.0
import type { IncomingMessage } from 'node:http';
import { createHash } from 'node:crypto';
import { EngineError } from '../../base/errors.ts';
import { seconds } from '../../base/time.ts';
import { type Digest, parseDigest, sha256 } from '../../spec/digest.ts';
import { MANIFEST_TYPES } from '../../spec/media-type.ts';
import type { Repository } from '../../spec/reference.ts';
import { Authorizer } from './authorizer.ts';
import { parseChallenges } from './challenge.ts';
import { readBody, readWhole, type Send } from './http.ts';
import { readRefusal } from './refusal.ts';
import type { RegistryAccess, RegistryEndpoint, RegistrySession, RemoteManifest } from './registry.ts';

/** Source: images.md §4.2; the limits are the distribution-spec's advice and ours. */
const PING_PATIENCE = seconds(15);
const LONGEST_MANIFEST = 4 * 1024 * 1024;
const LONGEST_TAG_PAGE = 16 * 1024 * 1024;

export interface SessionDeps {
  readonly send: Send;
  readonly userAgent: string;
  /** Closes the connections. */
  readonly close: () => void;
}

const challengesOf = (response: IncomingMessage) =>
  (response.headersDistinct['www-authenticate'] ?? []).flatMap(parseChallenges);

/** The next page of a list. Source: RFC 8288; distribution-spec, "Listing Tags". */
const nextPage = (response: IncomingMessage, from: URL): URL | undefined => {
  const link = [response.headers.link ?? []].flat().join(',');
  const target = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(link)?.[1];
  return target === undefined ? undefined : new URL(target, from);
};

const digestBy = (digest: Digest, bytes: Uint8Array): string => {
  const algorithm = digest.slice(0, digest.indexOf(':'));
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
};

const checkManifest = (bytes: Uint8Array, reference: string): Digest => {
  const wanted = parseDigest(reference);
  if (wanted && digestBy(wanted, bytes) !== wanted)
    throw new EngineError('internal', `manifest verification failed for digest ${wanted}`);
  return wanted ?? sha256(bytes);
};

async function* withoutFirst(body: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of body) {
    if (left < chunk.length) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

export class HttpRegistrySession implements RegistrySession {
  readonly endpoint: RegistryEndpoint;
  readonly #deps: SessionDeps;
  readonly #repository: Repository;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #authorizer: Authorizer;

  constructor(deps: SessionDeps, endpoint: RegistryEndpoint, repository: Repository, access: RegistryAccess) {
    this.endpoint = endpoint;
    this.#deps = deps;
    this.#repository = repository;
    this.#headers = { ...access.headers, 'User-Agent': deps.userAgent };
    this.#authorizer = new Authorizer({
      send: deps.send,
      credentials: endpoint.isMirror ? {} : (access.credentials ?? {}),
      headers: this.#headers,
      scope: `repository:${repository.path}:pull`,
    });
  }

  /** Asks for the API's root, to learn which challenges the registry sets. */
  async ping(signal: AbortSignal): Promise<void> {
    const url = new URL(`${this.endpoint.url}/v2/`);
    const request = { method: 'GET', url, headers: this.#headers, patience: PING_PATIENCE, signal } as const;
    const response = await this.#deps.send(request);
    response.resume();
    this.#authorizer.challenge(challengesOf(response));
  }

  async manifest(reference: string, signal: AbortSignal): Promise<RemoteManifest> {
    const url = this.#url(`manifests/${reference}`);
    const response = await this.#get(url, { Accept: MANIFEST_TYPES.join(', ') }, signal);
    const bytes = await readWhole(response, LONGEST_MANIFEST, signal);
    const mediaType = response.headers['content-type'] ?? '';
    return { bytes, digest: checkManifest(bytes, reference), mediaType };
  }

  async blob(digest: Digest, offset: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const range: Record<string, string> = offset > 0 ? { Range: `bytes=${offset}-` } : {};
    const response = await this.#get(this.#url(`blobs/${digest}`), range, signal);
    const body = readBody(response, signal);
    // A registry that does not know ranges sends all of it again.
    return offset > 0 && response.statusCode === 200 ? withoutFirst(body, offset) : body;
  }

  async tags(signal: AbortSignal): Promise<readonly string[]> {
    const found: string[] = [];
    for (let url: URL | undefined = this.#url('tags/list'); url;) {
      const response: IncomingMessage = await this.#get(url, { Accept: 'application/json' }, signal);
      const page = await readWhole(response, LONGEST_TAG_PAGE, signal);
      const { tags } = JSON.parse(page.toString('utf8')) as { tags?: readonly string[] | null };
      found.push(...(tags ?? []));
      url = nextPage(response, url);
    }
    return found;
  }

  [Symbol.dispose](): void {
    this.#deps.close();
  }

  #url(path: string): URL {
    return new URL(`${this.endpoint.url}/v2/${this.#repository.path}/${path}`);
  }

  /** A read that authenticates; a token that the registry takes no more is fetched anew, once. */
  async #get(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const first = await this.#send(url, headers, signal);
    if (first.statusCode !== 401) return this.#succeeded(first, signal);
    const challenges = challengesOf(first);
    if (!challenges.some(({ scheme }) => scheme === 'bearer')) throw await readRefusal(first, signal);
    first.resume();
    this.#authorizer.challenge(challenges);
    return this.#succeeded(await this.#send(url, headers, signal), signal);
  }

  async #send(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const authorization = await this.#authorizer.header(signal);
    return this.#deps.send({
      method: 'GET',
      url,
      headers: { ...this.#headers, ...headers, ...authorization },
      signal,
    });
  }

  async #succeeded(response: IncomingMessage, signal: AbortSignal): Promise<IncomingMessage> {
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode < 300) return response;
    throw await readRefusal(response, signal);
  }
}
