// SPDX-License-Identifier: Apache-2.0
import type { UpstreamServer } from '../networks/index.ts';

/** For so long (ms) a server counts as what it was last. */
const MEMORY = 30_000;
/** As many are remembered at most. */
const MOST_KNOWN = 256;

/** What a server was last: late, so that another was asked beside it; or silent to the end. */
export type Silence = 'late' | 'silent';

/** Servers that did not reply lately: nobody waits for them as for others. */
export class SilentServers {
  readonly #known = new Map<string, { readonly silence: Silence; readonly until: number }>();
  readonly #now: () => number;

  /** `now` gives milliseconds from any time on. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** What the server was within the last half minute, seen from `namespacePath`; `undefined` when it has replied since. */
  find(server: UpstreamServer, namespacePath: string): Silence | undefined {
    const key = keyOf(server, namespacePath);
    const known = this.#known.get(key);
    if (known && known.until > this.#now()) return known.silence;
    this.#known.delete(key);
    return undefined;
  }

  /** It was `silence`. One that was silent is not only late because another one was faster. */
  note(server: UpstreamServer, namespacePath: string, silence: Silence): void {
    if (silence === 'late' && this.find(server, namespacePath) === 'silent') return;
    const key = keyOf(server, namespacePath);
    this.#known.delete(key);
    this.#known.set(key, { silence, until: this.#now() + MEMORY });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }

  /** It has replied. */
  forget(server: UpstreamServer, namespacePath: string): void {
    if (this.#known.size > 0) this.#known.delete(keyOf(server, namespacePath));
  }
}

const keyOf = ({ address, fromHost }: UpstreamServer, namespacePath: string): string =>
  fromHost ? address : `${namespacePath} ${address}`;
