// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpAnswer, HttpClient } from '../../../adapters/log-targets/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { seconds } from '../../../base/time.ts';
import type { SplunkOptions } from './options.ts';

/** How long a batch may take, and of a refusal's text so much is told (bytes). Source: docs.docker.com; the first is dockerd's. */
const PATIENCE = seconds(30);
const REASON_LENGTH = 1024;

const compress = promisify(gzip);

const refusal = (doing: string, { statusLine, body }: HttpAnswer): EngineError =>
  new EngineError(
    'unavailable',
    `splunk: failed to ${doing} - ${statusLine} - ${body.slice(0, REASON_LENGTH)}`,
  );

/** Asks whether events would be taken. @throws unavailable in dockerd's words */
export const verifyConnection = async (
  client: HttpClient,
  { url }: SplunkOptions,
  signal: AbortSignal,
): Promise<void> => {
  const answer = await client.call({ method: 'OPTIONS', url, headers: {}, patience: PATIENCE, signal });
  if (answer.status !== 200) throw refusal('verify connection', answer);
};

/** Sends one batch: events one after another. @throws unavailable in dockerd's words */
export const postEvents = async (
  client: HttpClient,
  options: SplunkOptions,
  events: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<void> => {
  const plain = Buffer.concat(events);
  const { gzipLevel, url, token, indexAcknowledgment } = options;
  const body = gzipLevel === undefined ? plain : await compress(plain, { level: gzipLevel });
  const headers = {
    authorization: `Splunk ${token}`,
    ...(gzipLevel === undefined ? {} : { 'content-encoding': 'gzip' }),
    ...(indexAcknowledgment ? { 'x-splunk-request-channel': randomUUID() } : {}),
  };
  const answer = await client.call({ method: 'POST', url, headers, body, patience: PATIENCE, signal });
  if (answer.status !== 200) throw refusal('send event', answer);
};
