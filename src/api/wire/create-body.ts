// SPDX-License-Identifier: Apache-2.0
import type { ContainerConfig } from '../../spec/container-config.ts';
import type { NetworkingConfig } from '../../spec/endpoint-settings.ts';
import type { HostConfig } from '../../spec/host-config.ts';

/** A create body in the terms of API 1.51, and what the client should know of how it got there. */
export interface CreateBody {
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  readonly networking: NetworkingConfig;
  readonly warnings: readonly string[];
}
