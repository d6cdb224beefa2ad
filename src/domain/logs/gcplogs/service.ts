// SPDX-License-Identifier: Apache-2.0
import type { HttpAnswer, HttpClient } from '../../../adapters/log-targets/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { seconds } from '../../../base/time.ts';

/** What writing entries needs. */
export interface LoggingService {
  readonly client: HttpClient;
  readonly endpoint: URL;
  readonly project: string;
  readonly resource: object;
  readonly token: (signal: AbortSignal) => Promise<string>;
  readonly userAgent: string;
}

/** Where entries are written. Source: cloud.google.com, "Method: entries.write". */
const ENDPOINT = 'https://logging.googleapis.com/';
const WRITE = 'v2/entries:write';
const PATIENCE = seconds(60);
/** The name of the log that drivers write. */
const LOG = 'gcplogs-docker-driver';

/** The service's address; gcloud's own setting for another one holds here too. */
export const endpointOf = (environment: Readonly<Record<string, string | undefined>>): URL =>
  new URL(WRITE, environment['CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING'] || ENDPOINT);

/** `PERMISSION_DENIED` as gRPC names it: `PermissionDenied`. */
const codeOf = (status: string): string =>
  status
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

const refusal = ({ body, statusLine }: HttpAnswer): EngineError => {
  let told: { readonly status?: string; readonly message?: string } = {};
  try {
    told = (JSON.parse(body) as { readonly error?: typeof told }).error ?? {};
  } catch {
    // No JSON: the status says it all.
  }
  const code = codeOf(told.status ?? 'UNKNOWN');
  return new EngineError('unavailable', `rpc error: code = ${code} desc = ${told.message ?? statusLine}`);
};

const write = async (service: LoggingService, body: string, signal: AbortSignal): Promise<void> => {
  const answer = await service.client.call({
    method: 'POST',
    url: service.endpoint,
    headers: {
      authorization: `Bearer ${await service.token(signal)}`,
      'content-type': 'application/json',
      'user-agent': service.userAgent,
    },
    body: Buffer.from(body),
    patience: PATIENCE,
    signal,
  });
  if (answer.status !== 200) throw refusal(answer);
};

const logName = (project: string, log: string): string => `projects/${project}/logs/${log}`;

/** Writes an entry that is always the same, so that the service keeps one of them at most. @throws unavailable */
export const ping = async (service: LoggingService, signal: AbortSignal): Promise<void> => {
  const entry = { textPayload: 'ping', timestamp: '1970-01-01T00:00:00Z', insertId: 'ping' };
  const resource = { type: 'global', labels: { project_id: service.project } };
  const body = { logName: logName(service.project, 'ping'), resource, entries: [entry] };
  await write(service, JSON.stringify(body), signal);
};

/** Writes entries, each of them JSON already. @throws unavailable */
export const writeEntries = async (
  service: LoggingService,
  entries: readonly string[],
  signal: AbortSignal,
): Promise<void> => {
  const head = JSON.stringify({ logName: logName(service.project, LOG), resource: service.resource });
  await write(service, `${head.slice(0, -1)},"entries":[${entries.join(',')}]}`, signal);
};
