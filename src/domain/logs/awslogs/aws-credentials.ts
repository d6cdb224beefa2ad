// SPDX-License-Identifier: Apache-2.0
import type { HttpClient, LogTargets } from '../../../adapters/log-targets/index.ts';

/** What requests are signed with. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Milliseconds since 1970 after which they are no longer good. */
  readonly expires?: number;
}

/** What the search for credentials needs. */
export interface CredentialDeps {
  readonly client: HttpClient;
  readonly files: Pick<LogTargets, 'readText'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}
