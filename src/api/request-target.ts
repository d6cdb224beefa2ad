// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';

/** A request's target, taken apart. */
export interface RequestTarget {
  /** Decoded, without the version. */
  readonly path: string;
  /** The version in the path (`1.43`), when there is one. */
  readonly version?: string;
  /** What follows the `?`, undecoded. */
  readonly search: string;
}

/** Where a target goes: to a handler, elsewhere (a path that is not clean), or nowhere. */
export type ParsedTarget = RequestTarget | { readonly location: string } | 'malformed';

const VERSIONED = /^\/v([0-9.]+)(\/.*)$/s;

const decodePath = (path: string): string | undefined => {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
};

/** What Go's mux redirects to: dots and repeated slashes resolved, a slash at the end kept. */
const cleanPath = (path: string): string =>
  path.includes('//') || path.includes('/.') ? posix.normalize(path) : path;

/** Go's escaping of a path in a `Location`. */
const encodePath = (path: string): string =>
  encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23').replaceAll('%5B', '[').replaceAll('%5D', ']');

const originForm = (target: string): string => {
  if (target.startsWith('/') || target === '*') return target;
  const url = URL.parse(target);
  return url ? url.pathname + url.search : target;
};

/** Takes the request line's target apart, as Go's mux and Docker's router do. */
export const parseTarget = (raw: string): ParsedTarget => {
  const target = originForm(raw);
  const mark = target.indexOf('?');
  const search = mark < 0 ? '' : target.slice(mark + 1);
  const decoded = decodePath(mark < 0 ? target : target.slice(0, mark));
  if (decoded === undefined) return 'malformed';
  const clean = cleanPath(decoded);
  if (clean !== decoded) return { location: encodePath(clean) + (mark < 0 ? '' : `?${search}`) };
  if (!decoded.startsWith('/v')) return { path: decoded, search };
  const [, version, path] = VERSIONED.exec(decoded) ?? [];
  return version === undefined || path === undefined ? { path: decoded, search } : { path, version, search };
};
