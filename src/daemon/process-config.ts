// SPDX-License-Identifier: Apache-2.0
import { DEFAULT_HOST } from './options/checks.ts';
import type { Settings } from './options/table.ts';

/** Where the engine's own files are, and where it is reached. */
export interface ProcessConfig {
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly pidfile: string;
  /** Where the API listens; none at all when empty. */
  readonly hosts: readonly string[];
  readonly group: string;
  /** Whether the operator named the group; a missing one is then an error, not a warning. */
  readonly groupIsExplicit: boolean;
  readonly tls: {
    readonly enabled: boolean;
    readonly verify: boolean;
    readonly optedOut: boolean;
    readonly ca: string;
    readonly cert: string;
    readonly key: string;
  };
}

/** Paths are dockerd's. */
export const processConfig = (settings: Settings): ProcessConfig => ({
  dataRoot: settings['data-root'] ?? '/var/lib/docker',
  execRoot: settings['exec-root'] ?? '/var/run/docker',
  pidfile: settings.pidfile ?? '/var/run/docker.pid',
  hosts: settings.host && settings.host.length > 0 ? settings.host : [DEFAULT_HOST],
  group: settings.group ?? 'docker',
  groupIsExplicit: settings.group !== undefined && settings.group !== 'docker',
  tls: {
    enabled: settings.tls === true || settings.tlsverify === true,
    verify: settings.tlsverify ?? false,
    optedOut: settings.tls === false,
    ca: settings.tlscacert ?? '',
    cert: settings.tlscert ?? '',
    key: settings.tlskey ?? '',
  },
});
