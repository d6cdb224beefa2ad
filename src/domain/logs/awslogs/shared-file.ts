// SPDX-License-Identifier: Apache-2.0
import { isKind } from '../../../base/errors.ts';
import type { AwsCredentials, CredentialDeps } from './aws-credentials.ts';

/** The settings of the section `[profile]`. Source: AWS SDKs reference, "Shared config and credentials files". */
export const parseProfile = (text: string, profile: string): Readonly<Record<string, string>> => {
  const settings: Record<string, string> = {};
  let isInside = false;
  for (const line of text.split('\n')) {
    const [, section] = /^\s*\[\s*(?:profile\s+)?([^\]]*?)\s*\]/.exec(line) ?? [];
    if (section !== undefined) isInside = section === profile;
    const [, key, value] = /^\s*([A-Za-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (isInside && key !== undefined && value !== undefined) settings[key] = value;
  }
  return settings;
};

/** Credentials of the file in which the AWS tools keep them; `undefined` when there are none. */
export const readProfile = async ({
  files,
  environment,
}: Pick<CredentialDeps, 'files' | 'environment'>): Promise<AwsCredentials | undefined> => {
  const home = environment['HOME'] || '/root';
  const path = environment['AWS_SHARED_CREDENTIALS_FILE'] || `${home}/.aws/credentials`;
  const text = await files.readText(path).catch((error: unknown) => {
    if (isKind(error, 'not-found')) return '';
    throw error;
  });
  const settings = parseProfile(text, environment['AWS_PROFILE'] || 'default');
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = settings;
  if (!id || !secret) return undefined;
  return { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) };
};
