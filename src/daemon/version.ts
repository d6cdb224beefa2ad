// SPDX-License-Identifier: Apache-2.0

/** What the bundler knows of this build; absent when the sources run as they are. */
declare const BERTH_BUILD:
  | { readonly version: string; readonly commit: string; readonly time: string }
  | undefined;

const FROM_SOURCES = { version: '0.1.0', commit: 'dev', time: '1970-01-01T00:00:00Z' };

const bundled = typeof BERTH_BUILD === 'undefined' ? FROM_SOURCES : BERTH_BUILD;

/** Berth's own version, commit, and when it was built (RFC 3339). */
export const BERTH = {
  version: bundled.version,
  commit: bundled.commit || 'unknown',
  time: bundled.time,
} as const;
