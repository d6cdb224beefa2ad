// SPDX-License-Identifier: Apache-2.0
import type { Branded } from '../base/brand.ts';
import { EngineError } from '../base/errors.ts';

/** A version of the Engine API by its second number: 43 is API 1.43. All supported versions are 1.x. */
export type ApiVersion = Branded<number, 'ApiVersion'>;

/** The API that the engine speaks by default. */
export const NEWEST_API = '1.51';
/** The oldest API that the engine can be asked for. */
export const OLDEST_API = '1.24';

/** What a path without a version speaks. */
export const DEFAULT_API = 51 as ApiVersion;

const components = (version: string): readonly number[] =>
  version.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : 0));

/** Below zero when `first` is older, above when it is newer; `1.9` is older than `1.24`, `1.24.0` equals `1.24`. */
export const compareVersions = (first: string, second: string): number => {
  const [one, other] = [components(first), components(second)];
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** The version that a path names (`1.43`). @throws invalid-argument when it is newer than 1.51 or older than `oldest` */
export const negotiate = (version: string, oldest: string): ApiVersion => {
  if (compareVersions(version, NEWEST_API) > 0)
    throw new EngineError(
      'invalid-argument',
      `client version ${version} is too new. Maximum supported API version is ${NEWEST_API}`,
    );
  if (compareVersions(version, oldest) < 0)
    throw new EngineError(
      'invalid-argument',
      `client version ${version} is too old. Minimum supported API version is ${oldest}, please upgrade your client to a newer version`,
    );
  return (components(version)[1] ?? 0) as ApiVersion;
};

/** Clients older than 1.24 read errors as plain text. */
export const readsPlainErrors = (version: string): boolean => compareVersions(version, OLDEST_API) < 0;

/** True when `text` can raise the oldest version accepted: two numbers, between 1.24 and 1.51. */
export const isOldestApi = (text: string): boolean =>
  /^\d+\.\d+$/.test(text) && compareVersions(text, OLDEST_API) >= 0 && compareVersions(text, NEWEST_API) <= 0;
