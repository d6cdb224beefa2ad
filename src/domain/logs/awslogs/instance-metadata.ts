// SPDX-License-Identifier: Apache-2.0
import type { HttpClient } from '../../../adapters/log-targets/index.ts';
import { EngineError } from '../../../base/errors.ts';
import { seconds } from '../../../base/time.ts';

/** What asking the instance needs. */
export interface MetadataDeps {
  readonly client: HttpClient;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Where an EC2 instance asks about itself. Source: EC2 user guide, "Use IMDSv2". */
const HOST = 'http://169.254.169.254';
const TOKEN_PATH = '/latest/api/token';
const TOKEN_SECONDS = '21600';
const PATIENCE = seconds(2);

const refused = (path: string, why: string): EngineError =>
  new EngineError('unavailable', `operation error ec2imds: GetMetadata ${path}: ${why}`);

/** Asks for `path` with a session's token. @throws unavailable when this is no EC2 instance, or it does not say */
export const callMetadata = async (
  { client, environment }: MetadataDeps,
  path: string,
  signal: AbortSignal,
): Promise<string> => {
  if (environment['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true')
    throw refused(
      path,
      'access disabled to EC2 IMDS via client option, or "AWS_EC2_METADATA_DISABLED" environment variable',
    );
  const base = environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || HOST;
  const token = await client.call({
    method: 'PUT',
    url: new URL(TOKEN_PATH, base),
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': TOKEN_SECONDS },
    patience: PATIENCE,
    signal,
  });
  if (token.status !== 200) throw refused(path, token.statusLine);
  const answer = await client.call({
    method: 'GET',
    url: new URL(path, base),
    headers: { 'x-aws-ec2-metadata-token': token.body },
    patience: PATIENCE,
    signal,
  });
  if (answer.status !== 200) throw refused(path, answer.statusLine);
  return answer.body;
};
