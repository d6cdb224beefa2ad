// SPDX-License-Identifier: Apache-2.0
import type { ContainerId, SandboxId } from '../../base/ids.ts';
import type { PlacedEndpoint } from './driver.ts';
import type { NamedSandbox, PublishRequest, SandboxRequest } from './networks.ts';
import type { PortTarget } from './port-elements.ts';
import type { PublishedPort } from './published-port.ts';

/** A sandbox as it is kept over a restart of the daemon: plain JSON. */
export interface SandboxRecord {
  readonly schema: 1;
  readonly id: SandboxId;
  readonly container: ContainerId;
  /** Absent for host networking. */
  readonly namespacePath?: string;
  readonly key: string;
  readonly endpoints: readonly PlacedEndpoint[];
  readonly ports: readonly PublishedPort[];
  /** IPv4 address that published ports lead to; empty when there are none. */
  readonly publishedTo: string;
  /** The same of IPv6. */
  readonly publishedTo6?: string;
  readonly resolvConf: string;
  readonly hostsLines: readonly string[];
  /** What follows is absent of sandboxes that an older daemon made. */
  readonly hostname?: string;
  readonly domainname?: string;
  /** What the container wants published, wherever it leads. */
  readonly publish?: readonly PublishRequest[];
  readonly exposed?: SandboxRequest['exposed'];
  /** The container's own resolver settings. */
  readonly dns?: SandboxRequest['dns'];
  /** The engine resolves names in it; absent before the first user-defined network. */
  readonly naming?: Pick<NamedSandbox, 'upstreams' | 'holdsSingleLabels'>;
}

/** Where the published ports on record lead. */
export const portTargetOf = ({
  publishedTo,
  publishedTo6 = '',
}: Pick<SandboxRecord, 'publishedTo' | 'publishedTo6'>): PortTarget => ({
  ipv4: publishedTo,
  ipv6: publishedTo6,
});

/** `document` as a record; `undefined` for what this daemon does not understand. */
export const readSandboxRecord = (document: unknown): SandboxRecord | undefined => {
  if (typeof document !== 'object' || document === null || !('schema' in document)) return undefined;
  return document.schema === 1 ? (document as SandboxRecord) : undefined;
};
