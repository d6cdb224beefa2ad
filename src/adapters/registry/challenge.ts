// SPDX-License-Identifier: Apache-2.0

/** One way to authenticate that a server offers. */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const SCHEME = /\s*([A-Za-z][A-Za-z0-9_-]*)(?:\s+|$)/y;
const PARAMETER = /\s*([A-Za-z_][A-Za-z0-9_-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*,?/y;

const unquote = (text: string): string => text.replace(/\\(.)/g, '$1');

/** Reads one `WWW-Authenticate` header, which may hold several challenges (RFC 9110, 11.6.1). What makes no sense is left out. */
export const parseChallenges = (header: string): readonly Challenge[] => {
  const found: Challenge[] = [];
  let at = 0;
  while (at < header.length) {
    SCHEME.lastIndex = at;
    const scheme = SCHEME.exec(header);
    if (!scheme) break;
    at = SCHEME.lastIndex;
    const parameters: Record<string, string> = {};
    for (;;) {
      PARAMETER.lastIndex = at;
      const match = PARAMETER.exec(header);
      if (!match) break;
      at = PARAMETER.lastIndex;
      const [, key = '', quoted, bare = ''] = match;
      parameters[key.toLowerCase()] = quoted === undefined ? bare : unquote(quoted);
    }
    found.push({ scheme: (scheme[1] ?? '').toLowerCase(), parameters });
  }
  return found;
};
