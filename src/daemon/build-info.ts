// SPDX-License-Identifier: Apache-2.0
import { NEWEST_API, OLDEST_API } from '../api/index.ts';
import type { BuildFacts } from '../domain/system/index.ts';
import { BERTH } from './version.ts';

/** The Docker Engine whose behaviour this one follows: clients that look at a version, not at the API's, look for this. */
const FOLLOWED = '28.5.2';

/** What `/version` tells of this build. */
export const buildFacts = (): BuildFacts => ({
  platformName: 'Berth Engine',
  version: `${FOLLOWED}+berth.${BERTH.version}`,
  apiVersion: NEWEST_API,
  minApiVersion: OLDEST_API,
  gitCommit: BERTH.commit,
  buildTime: BERTH.time,
  languageVersion: `node${process.versions.node}`,
});
