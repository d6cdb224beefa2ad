// SPDX-License-Identifier: Apache-2.0
import type { HttpClient } from '../../../adapters/log-targets/index.ts';
import { milliseconds, type Nanoseconds, seconds } from '../../../base/time.ts';

/** The virtual machine that the daemon runs on. */
export interface Instance {
  readonly projectId: string;
  readonly zone: string;
  readonly name: string;
  readonly id: string;
}

/** What asking the metadata server needs. */
export interface GcpDeps {
  readonly client: HttpClient;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Source: cloud.google.com, "About VM metadata". The patience is ours: elsewhere than on Google's machines nobody answers. */
const HOST = '169.254.169.254';
const FLAVOUR = { 'metadata-flavor': 'Google' };
const FIRST_PATIENCE = milliseconds(500);
const PATIENCE = seconds(2);

/** Asks for `path`; `undefined` when there is no answer, or no metadata server. */
export const askMetadata = async (
  { client, environment }: GcpDeps,
  path: string,
  signal: AbortSignal,
  patience: Nanoseconds = PATIENCE,
): Promise<string | undefined> => {
  const url = new URL(`http://${environment['GCE_METADATA_HOST'] || HOST}/computeMetadata/v1/${path}`);
  try {
    const answer = await client.call({ method: 'GET', url, headers: FLAVOUR, patience, signal });
    return answer.status === 200 && answer.headers['metadata-flavor'] === 'Google'
      ? answer.body.trim()
      : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
};

/** The instance, or `undefined` when the daemon runs elsewhere. What it does not say is empty. */
export const findInstance = async (deps: GcpDeps, signal: AbortSignal): Promise<Instance | undefined> => {
  const id = await askMetadata(deps, 'instance/id', signal, FIRST_PATIENCE);
  if (id === undefined) return undefined;
  const [projectId = '', zone = '', name = ''] = await Promise.all(
    ['project/project-id', 'instance/zone', 'instance/name'].map(async (path) =>
      askMetadata(deps, path, signal),
    ),
  );
  return { id, projectId, zone: zone.slice(zone.lastIndexOf('/') + 1), name };
};
