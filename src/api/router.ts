// SPDX-License-Identifier: Apache-2.0
import type { Route } from './route.ts';

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly route: Route;
  readonly matches: RegExp;
}

const NO_PARAMS: Readonly<Record<string, string>> = {};

/** `/containers/{name:.*}/json` as an expression with a group for each parameter. */
const compile = (path: string): RegExp => {
  const source = path
    .split(/(\{[^}]+\})/)
    .map((part) => {
      const parameter = /^\{(\w+)(?::(.+))?\}$/.exec(part);
      if (!parameter) return RegExp.escape(part);
      return `(?<${parameter[1]}>${parameter[2] ?? '[^/]+'})`;
    })
    .join('');
  return new RegExp(`^${source}$`, 's');
};

const firstSegment = (path: string): string => {
  const end = path.indexOf('/', 1);
  return end < 0 ? path : path.slice(0, end);
};

const lastSegment = (path: string): string => path.slice(path.lastIndexOf('/'));

/** Under this key stand the patterns whose last segment is a parameter. */
const ANY = '{}';

/**
 * Finds a request's route without trying them all: fixed paths by one look-up, the others by their first and their last
 * segment. Where several patterns fit, the one named first in the table wins, those with a fixed end before the open ones.
 */
export class Router {
  readonly #fixed = new Map<string, Match>();
  readonly #patterns = new Map<string, Pattern[]>();

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      if (route.path.includes('{')) this.#addPattern(route);
      else this.#fixed.set(`${route.method} ${route.path}`, { route, params: NO_PARAMS });
    }
  }

  find(method: string | undefined, path: string): Match | undefined {
    const fixed = this.#fixed.get(`${method} ${path}`);
    if (fixed) return fixed;
    const first = `${method} ${firstSegment(path)}`;
    return this.#among(first + lastSegment(path), path) ?? this.#among(first + ANY, path);
  }

  #addPattern(route: Route): void {
    const last = lastSegment(route.path);
    const key = `${route.method} ${firstSegment(route.path)}${last.includes('{') ? ANY : last}`;
    const pattern = { route, matches: compile(route.path) };
    const others = this.#patterns.get(key);
    if (others) others.push(pattern);
    else this.#patterns.set(key, [pattern]);
  }

  #among(key: string, path: string): Match | undefined {
    for (const { route, matches } of this.#patterns.get(key) ?? []) {
      const found = matches.exec(path);
      if (found) return { route, params: { ...found.groups } };
    }
    return undefined;
  }
}
