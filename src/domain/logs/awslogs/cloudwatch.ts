// SPDX-License-Identifier: Apache-2.0
import { sleep } from '../../../base/async.ts';
import { EngineError, messageOf } from '../../../base/errors.ts';
import { milliseconds, seconds } from '../../../base/time.ts';
import type { HttpAnswer, HttpClient } from '../../../adapters/log-targets/index.ts';
import type { AwsCredentials } from './aws-credentials.ts';

/** What a call to CloudWatch Logs needs. */
export interface CloudWatchDeps {
  readonly client: HttpClient;
  readonly region: string;
  /** In place of the region's own. */
  readonly endpoint: string | undefined;
  readonly credentials: (signal: AbortSignal) => Promise<AwsCredentials>;
  readonly userAgent: string;
  /** Whether lines are metrics in embedded format. */
  readonly isEmf: boolean;
}

export type Operation = 'CreateLogGroup' | 'CreateLogStream' | 'PutLogEvents';

/** A refusal by the service; its code is what callers decide by. */
export class CloudWatchError extends EngineError {
  readonly code: string;
  readonly expectedSequenceToken: string | undefined;

  constructor(code: string, message: string, expectedSequenceToken?: string) {
    super('unavailable', message);
    this.code = code;
    this.expectedSequenceToken = expectedSequenceToken;
  }
}

/** Calls: Amazon CloudWatch Logs API reference. Tries and waits: AWS SDKs reference, "Retry behavior". */
const TARGET = 'Logs_20140328';
const PATIENCE = seconds(30);
const MOST_TRIES = 3;
const FIRST_WAIT = 200;
const THROTTLED = new Set(['ThrottlingException', 'Throttling', 'RequestLimitExceeded']);

const endpointOf = ({ endpoint, region }: CloudWatchDeps): URL => {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(endpoint ?? `https://logs.${region}.${domain}/`);
};

/** What answers and refusals hold, as far as anything here asks. */
export interface CloudWatchAnswer {
  readonly nextSequenceToken?: unknown;
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
  readonly expectedSequenceToken?: string;
}

const bodyOf = ({ body }: HttpAnswer): CloudWatchAnswer => {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
};

const refusal = (operation: Operation, answer: HttpAnswer): CloudWatchError => {
  const { __type: type = 'UnknownError', message, Message, expectedSequenceToken } = bodyOf(answer);
  const code = type.slice(type.lastIndexOf('#') + 1);
  const id = answer.headers['x-amzn-requestid'] ?? '';
  const text =
    `operation error CloudWatch Logs: ${operation}, https response error StatusCode: ${answer.status}, ` +
    `RequestID: ${id}, ${code}: ${message ?? Message ?? ''}`;
  return new CloudWatchError(code, text, expectedSequenceToken);
};

const callOnce = async (
  deps: CloudWatchDeps,
  operation: Operation,
  input: object,
  signal: AbortSignal,
): Promise<HttpAnswer> => {
  // Read when the first container asks for it: most daemons never do.
  const { default: aws4 } = await import('aws4');
  const url = endpointOf(deps);
  const credentials = await deps.credentials(signal).catch((cause: unknown) => {
    const text = `operation error CloudWatch Logs: ${operation}, get identity: get credentials: ${messageOf(cause)}`;
    throw new CloudWatchError('NoCredentials', text);
  });
  const body = JSON.stringify(input);
  const { headers = {} } = aws4.sign(
    {
      service: 'logs',
      region: deps.region,
      method: 'POST',
      host: url.host,
      path: url.pathname,
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'User-Agent': deps.userAgent,
        'X-Amz-Target': `${TARGET}.${operation}`,
        ...(deps.isEmf ? { 'X-Amzn-Logs-Format': 'json/emf' } : {}),
      },
      body,
    },
    credentials,
  );
  const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  return deps.client.call({
    method: 'POST',
    url,
    headers: sent,
    body: Buffer.from(body),
    patience: PATIENCE,
    signal,
  });
};

const mayPass = (error: unknown): boolean =>
  error instanceof CloudWatchError
    ? THROTTLED.has(error.code) || error.code === 'ServiceUnavailableException'
    : error instanceof EngineError && error.kind === 'unavailable';

/**
 * Calls the service, a few times when it may help. Gives the answer's fields.
 * @throws CloudWatchError for a refusal; unavailable when it can't be reached; the signal's reason
 */
export const callCloudWatch = async (
  deps: CloudWatchDeps,
  operation: Operation,
  input: object,
  signal: AbortSignal,
): Promise<CloudWatchAnswer> => {
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await callOnce(deps, operation, input, signal);
      if (answer.status === 200) return bodyOf(answer);
      if (answer.status < 500 || tries === MOST_TRIES) throw refusal(operation, answer);
    } catch (error) {
      signal.throwIfAborted();
      if (tries === MOST_TRIES || !mayPass(error)) throw error;
    }
    await sleep(milliseconds(FIRST_WAIT * 2 ** tries), signal);
  }
};
