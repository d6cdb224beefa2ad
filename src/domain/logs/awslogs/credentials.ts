// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { seconds } from '../../../base/time.ts';
import type { AwsCredentials, CredentialDeps } from './aws-credentials.ts';
import { callMetadata } from './instance-metadata.ts';
import { readProfile } from './shared-file.ts';

/** Where a container's credentials are asked for by a path alone. Source: AWS SDKs reference, "Container credential provider". */
const CONTAINER_HOST = 'http://169.254.170.2';
const PATIENCE = seconds(5);
/** Credentials are renewed so long before they end (ms). */
const MARGIN = 60_000;

interface Answer {
  readonly AccessKeyId?: unknown;
  readonly SecretAccessKey?: unknown;
  readonly Token?: unknown;
  readonly Expiration?: unknown;
}

const fromAnswer = (body: string, place: string): AwsCredentials => {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = JSON.parse(body) as Answer;
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string')
    throw new EngineError('unavailable', `no credentials in the answer of ${place}`);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof Token === 'string' ? { sessionToken: Token } : {}),
    ...(typeof Expiration === 'string' ? { expires: Date.parse(Expiration) } : {}),
  };
};

const fromEnvironment = ({ environment }: CredentialDeps): AwsCredentials | undefined => {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'] || environment['AWS_ACCESS_KEY'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'] || environment['AWS_SECRET_KEY'];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
};

const fromEndpoint = async (
  { client, environment }: CredentialDeps,
  url: URL,
  signal: AbortSignal,
): Promise<AwsCredentials> => {
  const token = environment['AWS_CONTAINER_AUTHORIZATION_TOKEN'];
  const headers = token ? { authorization: token } : {};
  const answer = await client.call({ method: 'GET', url, headers, patience: PATIENCE, signal });
  if (answer.status !== 200)
    throw new EngineError('unavailable', `failed to load credentials, ${answer.statusLine}`);
  return fromAnswer(answer.body, url.href);
};

const fromContainer = async (
  deps: CredentialDeps,
  signal: AbortSignal,
): Promise<AwsCredentials | undefined> => {
  const relative = deps.environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const full = deps.environment['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  if (relative) return fromEndpoint(deps, new URL(relative, CONTAINER_HOST), signal);
  return full ? fromEndpoint(deps, new URL(full), signal) : undefined;
};

const ROLES = '/latest/meta-data/iam/security-credentials/';

const fromInstance = async (deps: CredentialDeps, signal: AbortSignal): Promise<AwsCredentials> => {
  const [role = ''] = (await callMetadata(deps, ROLES, signal)).split('\n');
  return fromAnswer(await callMetadata(deps, ROLES + role.trim(), signal), 'the instance metadata service');
};

/** Where credentials are looked for, in this order. Source: AWS SDKs reference, "Standardized credential providers". */
const find = async (
  deps: CredentialDeps,
  endpoint: string | undefined,
  signal: AbortSignal,
): Promise<AwsCredentials> => {
  if (endpoint !== undefined) return fromEndpoint(deps, new URL(endpoint, CONTAINER_HOST), signal);
  return (
    fromEnvironment(deps) ??
    (await readProfile(deps)) ??
    (await fromContainer(deps, signal)) ??
    fromInstance(deps, signal)
  );
};

/**
 * Gives credentials, looked up again before they end. `endpoint` is the option `awslogs-credentials-endpoint`.
 * The promise rejects with unavailable when there are none.
 */
export const credentialSource = (
  deps: CredentialDeps,
  endpoint: string | undefined,
): ((signal: AbortSignal) => Promise<AwsCredentials>) => {
  let known: AwsCredentials | undefined;
  return async (signal) => {
    if (known && (known.expires === undefined || known.expires - MARGIN > Date.now())) return known;
    known = await find(deps, endpoint, signal);
    return known;
  };
};
