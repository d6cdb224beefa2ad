// SPDX-License-Identifier: Apache-2.0
import type { Nftables, Removal } from '../../../adapters/nftables/index.ts';
import { messageOf } from '../../../base/errors.ts';
import type { Log } from '../../../base/log.ts';
import { USERS } from './table-rules.ts';

export interface RuleKeeperDeps {
  readonly nftables: Pick<Nftables, 'watch'>;
  readonly firewall: {
    /** Names of the engine's tables. */
    readonly tables: readonly string[];
    putBack(): void;
  };
  readonly log: Log;
}

/** So long (ms) others may go on before the rules are put back: whoever loads a rule set anew does it in a moment. */
const PAUSE = 20;
/** So often within a while (ms) they are put back at that pace; then each time waits twice as long, up to a limit (ms). */
const FREE = 5;
const WHILE = 60_000;
const LONGEST = 30_000;

/**
 * Puts the engine's rules back when somebody else takes them away (`nft flush ruleset`), at once and all of them. Two
 * programs that fight over the rules do not keep the engine from its work: the pauses grow.
 */
export class RuleKeeper implements Disposable {
  readonly #deps: RuleKeeperDeps;
  readonly #watch: Disposable;
  #timer: NodeJS.Timeout | undefined;
  /** When the rules were put back within the last while. */
  #recent: readonly number[] = [];
  #times = 0;

  /** Listens from now on, in the network namespace in which the thread is. @throws as `Nftables.watch` */
  constructor(deps: RuleKeeperDeps) {
    this.#deps = deps;
    this.#watch = deps.nftables.watch((removal) => this.#heard(removal));
  }

  /** How often rules were put back. */
  get times(): number {
    return this.#times;
  }

  #heard(removal: Removal): void {
    if (this.#timer !== undefined || !this.#concerns(removal)) return;
    this.#timer = setTimeout(() => this.#putBack(), this.#pause());
    this.#timer.unref();
  }

  #concerns(removal: Removal): boolean {
    if (removal === 'unknown') return true;
    const { table, family, name } = removal;
    return (
      family !== 'other' && this.#deps.firewall.tables.includes(table) && name?.startsWith(USERS) !== true
    );
  }

  #pause(): number {
    const since = performance.now() - WHILE;
    this.#recent = this.#recent.filter((time) => time > since);
    return Math.min(PAUSE * 2 ** Math.max(0, this.#recent.length - FREE), LONGEST);
  }

  #putBack(): void {
    this.#timer = undefined;
    this.#recent = [...this.#recent, performance.now()];
    this.#times += 1;
    const { firewall, log } = this.#deps;
    try {
      firewall.putBack();
      log.warn("somebody took the engine's rules out of the firewall: they are back", {
        times: this.#times,
      });
    } catch (error) {
      log.error("the engine's rules could not be put back into the firewall", { error: messageOf(error) });
      this.#heard('unknown');
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#watch[Symbol.dispose]();
  }
}

/** A keeper of the firewall's rules; `undefined` where there are none, or where the kernel tells nobody of changes. */
export const keepRules = (deps: RuleKeeperDeps): RuleKeeper | undefined => {
  if (deps.firewall.tables.length === 0) return undefined;
  try {
    return new RuleKeeper(deps);
  } catch (error) {
    deps.log.warn('nobody will notice when somebody takes rules out of the firewall', {
      error: messageOf(error),
    });
    return undefined;
  }
};
