// SPDX-License-Identifier: Apache-2.0
import { NEWEST_API, OLDEST_API } from '../api/index.ts';
import type { BuildFacts } from '../domain/system/index.ts';

/** What the bundler knows of this build; absent when the sources run as they are. */
declare const BERTH_BUILD:
  | { readonly version: string; readonly commit: string; readonly time: string }
  | undefined;

const FROM_SOURCES = { version: '0.1.0', commit: 'dev', time: '1970-01-01T00:00:00Z' };

const bundled = typeof BERTH_BUILD === 'undefined' ? FROM_SOURCES : BERTH_BUILD;

/** Berth's own version and commit. */
export const BERTH = { version: bundled.version, commit: bundled.commit || 'unknown' } as const;

/** The Docker Engine whose behaviour this one follows: clients that look at a version, not at the API's, look for this. */
const FOLLOWED = '28.5.2';

/** What `/version` tells of this build. */
export const buildFacts = (): BuildFacts => ({
  platformName: 'Berth Engine',
  version: `${FOLLOWED}+berth.${BERTH.version}`,
  apiVersion: NEWEST_API,
  minApiVersion: OLDEST_API,
  gitCommit: BERTH.commit,
  buildTime: bundled.time,
  languageVersion: `node${process.versions.node}`,
});
