// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import {
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from 'node:http';
import { request as httpsRequest, type RequestOptions as TlsRequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { EngineError, isKind } from '../../base/errors.ts';
import { type Nanoseconds, seconds, toMilliseconds } from '../../base/time.ts';
import { findPlugin, type PluginPlaces, pluginNames } from './discovery.ts';
import type { PluginAddress, PluginCallOptions, PluginRefusal, PluginSockets } from './plugin-sockets.ts';
import { isUnreached, unansweredText } from './unreached.ts';

/** Source: networks-volumes-plugins.md §8. */
const MEDIA_TYPE = 'application/vnd.docker.plugins.v1.2+json';
const HOST = 'plugin.moby.localhost';
/** Pauses before further attempts to reach a plugin that may be starting. */
const PAUSES: readonly Nanoseconds[] = [seconds(1), seconds(2), seconds(4), seconds(8)];
/** Bytes of an answer; a list of a hundred thousand volumes is smaller. */
const LONGEST_ANSWER = 32 * 1024 * 1024;

class RefusedCall extends EngineError implements PluginRefusal {
  readonly status: number;
  constructor(status: number, text: string) {
    super('internal', text);
    this.status = status;
  }
}

const fileOf = async (path: string): Promise<Buffer | undefined> =>
  path === '' ? undefined : readFile(path);

const tlsOptions = async ({ tls }: PluginAddress): Promise<TlsRequestOptions> => {
  if (!tls) return {};
  const [ca, cert, key] = await Promise.all([fileOf(tls.caFile), fileOf(tls.certFile), fileOf(tls.keyFile)]);
  return {
    rejectUnauthorized: !tls.insecureSkipVerify,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
  };
};

/** The beginning of a request to wherever the address says. @throws internal for an address of no known kind */
const open = async (address: PluginAddress, options: RequestOptions): Promise<ClientRequest> => {
  const socketPath = /^unix:\/\/(.+)$/.exec(address.url)?.[1];
  if (socketPath !== undefined) return httpRequest({ ...options, socketPath });
  const match = /^(?:tcp|http|https):\/\/([^/]+?)(?::(\d+))?\/?$/.exec(address.url);
  if (!match)
    throw new EngineError('internal', `unsupported address of plugin ${address.name}: ${address.url}`);
  const host = (match[1] ?? '').replace(/^\[(.*)\]$/, '$1');
  const secure = address.tls !== undefined || address.url.startsWith('https:');
  const port = Number(match[2] ?? (secure ? 443 : 80));
  return secure
    ? httpsRequest({
        ...options,
        ...(await tlsOptions(address)),
        host,
        port,
        servername: isIP(host) === 0 ? host : '',
      })
    : httpRequest({ ...options, host, port });
};

const readAnswer = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LONGEST_ANSWER) throw new EngineError('internal', 'the answer of the plugin is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parse = (method: string, text: string): unknown => {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError('internal', `${method}: the answer of the plugin is no JSON`, { cause });
  }
};

const refusal = (text: string): string => {
  try {
    const json = JSON.parse(text) as { readonly Err?: unknown };
    return typeof json.Err === 'string' && json.Err !== '' ? json.Err : text.trim();
  } catch {
    return text.trim();
  }
};

const send = async (
  address: PluginAddress,
  method: string,
  body: object,
  signal: AbortSignal,
): Promise<unknown> => {
  const payload = Buffer.from(JSON.stringify(body));
  const request = await open(address, {
    method: 'POST',
    path: `/${method}`,
    // A plugin may be replaced at any time: no connection outlives its call.
    agent: false,
    signal,
    headers: { Accept: MEDIA_TYPE, 'Content-Type': MEDIA_TYPE, Host: HOST, 'Content-Length': payload.length },
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    request.end(payload);
  });
  const text = await readAnswer(response);
  const { statusCode: status = 0 } = response;
  if (status !== 200) throw new RefusedCall(status, `${method}: ${refusal(text)}`);
  return parse(method, text);
};

const attempt = async (
  address: PluginAddress,
  method: string,
  body: object,
  patience: Nanoseconds,
): Promise<unknown> => {
  const limit = AbortSignal.timeout(toMilliseconds(patience));
  try {
    return await send(address, method, body, limit);
  } catch (cause) {
    if (isKind(cause, 'internal')) throw cause;
    throw new EngineError('unavailable', unansweredText(address, method, cause, limit.aborted), { cause });
  }
};

const callPlugin = async (
  address: PluginAddress,
  method: string,
  body: object,
  { patience, retry }: PluginCallOptions,
  pauses: readonly Nanoseconds[],
): Promise<unknown> => {
  for (const span of retry ? pauses : []) {
    try {
      return await attempt(address, method, body, patience);
    } catch (error) {
      if (!isUnreached(error)) throw error;
      await pause(toMilliseconds(span));
    }
  }
  return attempt(address, method, body, patience);
};

/** The plugins of this host. `pauses` are those between attempts to reach one. */
export const createPluginSockets = (
  places: PluginPlaces,
  pauses: readonly Nanoseconds[] = PAUSES,
): PluginSockets => ({
  find: async (name) => findPlugin(places, name),
  list: async () => {
    const names = await pluginNames(places);
    // A document that can't be read names no plugin; whoever asks for it by name is told.
    const found = await Promise.all(
      names.map(async (name) => findPlugin(places, name).catch(() => undefined)),
    );
    return found.filter((address) => address !== undefined);
  },
  call: async (address, method, body, options) => callPlugin(address, method, body, options, pauses),
});
