// SPDX-License-Identifier: Apache-2.0
import type { HeaderList } from '../exchange.ts';
import { NEWEST_API } from '../version.ts';

/** Who answers. */
export interface Identity {
  /** The engine's version, as `Server: Docker/<version> (linux)` shows it. */
  readonly version: string;
  readonly experimental: boolean;
}

/** The headers of refused versions: all but `Docker-Experimental`. Source: spec of the Engine API's headers, 0.2. */
export const versionHeaders = (identity: Identity): HeaderList => [
  'Api-Version',
  NEWEST_API,
  'Ostype',
  'linux',
  'Server',
  `Docker/${identity.version} (linux)`,
];

/** The headers of every routed answer, sorted by name, as they stand in raw replies too. */
export const answerHeaders = (identity: Identity): HeaderList => [
  'Api-Version',
  NEWEST_API,
  'Docker-Experimental',
  String(identity.experimental),
  'Ostype',
  'linux',
  'Server',
  `Docker/${identity.version} (linux)`,
];
