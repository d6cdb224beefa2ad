// SPDX-License-Identifier: Apache-2.0
import type { LogTargets } from '../../../adapters/log-targets/index.ts';
import type { Log } from '../../../base/log.ts';

/** What the drivers that send logs elsewhere need. */
export interface RemoteDeps {
  readonly targets: LogTargets;
  readonly log: Log;
  /** The daemon's process, which syslog names as the sender. */
  readonly pid: number;
  /** The daemon's environment: credentials and places of the cloud services are looked up in it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What HTTP services are told of who calls. */
  readonly userAgent: string;
}
