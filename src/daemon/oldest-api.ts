// SPDX-License-Identifier: Apache-2.0
import { isOldestApi, NEWEST_API, OLDEST_API } from '../api/index.ts';
import { EngineError } from '../base/errors.ts';
import type { Environment } from './environment.ts';

const VARIABLE = 'DOCKER_MIN_API_VERSION';

const complaint = (version: string): string => {
  if (version.startsWith('v')) return 'API version must be provided without "v" prefix';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isTooNew = major > 1 || (major === 1 && minor > Number(NEWEST_API.split('.')[1]));
  return isTooNew
    ? `maximum supported API version is ${NEWEST_API}: ${version}`
    : `minimum supported API version is ${OLDEST_API}: ${version}`;
};

/** The oldest API version that clients may speak, as the environment says; `undefined` for the engine's own. @throws invalid-argument */
export const oldestApiOf = (env: Environment): string | undefined => {
  const version = env[VARIABLE];
  if (version === undefined || version === '') return undefined;
  if (isOldestApi(version)) return version;
  throw new EngineError('invalid-argument', `invalid ${VARIABLE}: ${complaint(version)}`);
};
