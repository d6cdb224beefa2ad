// SPDX-License-Identifier: Apache-2.0
import type { RecordTable } from '../../../adapters/store/index.ts';
import { messageOf } from '../../../base/errors.ts';
import { string, struct } from '../../../base/go-json.ts';
import type { Log } from '../../../base/log.ts';
import { seconds } from '../../../base/time.ts';
import { type PluginInterface, type Plugins, isUnknownMethod } from '../../plugins/index.ts';
import { askPlugin, isUnanswered } from './ask-plugin.ts';

/** A call that gives back what a plugin gave. */
export interface OwedCall {
  readonly plugin: string;
  readonly can: PluginInterface;
  readonly method: string;
  readonly body: object;
  /** Lower ones are made first. */
  readonly rank: number;
}

/** What is owed for one network or endpoint, on record. */
interface Debt {
  readonly schema: 1;
  readonly owner: 'network' | 'endpoint';
  readonly calls: readonly OwedCall[];
}

export interface DebtsDeps {
  readonly table: RecordTable;
  readonly plugins: Plugins;
  readonly log: Log;
}

/** How long a plugin may take to take something back: a container's end waits for it. What is not done then is owed on. */
const CALL = { patience: seconds(20), retry: false };

const answer = struct('Response', { err: string, error: string });

const isDebt = (document: unknown): document is Debt =>
  typeof document === 'object' && document !== null && 'schema' in document && document.schema === 1;

/**
 * What plugins gave, as the calls that give it back. On record before (or as soon as) it is given and until it is given
 * back, so that neither a crash nor a plugin that is down for a while loses any of it.
 */
export class Debts {
  readonly #deps: DebtsDeps;
  readonly #owed = new Map<string, Debt>();
  readonly #paying = new Map<string, Promise<void>>();
  /** Those whose plugins did not hear that they are over. */
  readonly #unheard = new Set<string>();

  constructor(deps: DebtsDeps) {
    this.#deps = deps;
  }

  /** What an earlier daemon left unpaid. */
  load(): void {
    const { table } = this.#deps;
    for (const { id, document } of table.load()) if (isDebt(document)) this.#owed.set(id, document);
  }

  owe(owner: Debt['owner'], id: string, call: OwedCall): void {
    const calls = [...(this.#owed.get(id)?.calls ?? []), call].toSorted(
      (one, other) => one.rank - other.rank,
    );
    this.#keep(id, { schema: 1, owner, calls });
  }

  /** Nothing was given after all. */
  forgive(id: string, { method }: Pick<OwedCall, 'method'>): void {
    const debt = this.#owed.get(id);
    if (debt) this.#keep(id, { ...debt, calls: debt.calls.filter((call) => call.method !== method) });
  }

  /** Whether anything is owed. */
  has(id: string): boolean {
    return this.#owed.has(id);
  }

  /** Whether `method` is owed. */
  owes(id: string, method: string): boolean {
    return this.#owed.get(id)?.calls.some((call) => call.method === method) === true;
  }

  /** Ids of all that something is owed for. */
  get ids(): readonly string[] {
    return [...this.#owed.keys()];
  }

  /** Makes the owed calls, or only those of `method`. Never fails: what the plugin refuses is told of, what it does not hear is owed on. */
  async pay(id: string, method?: string): Promise<void> {
    const before = this.#paying.get(id) ?? Promise.resolve();
    const paid = before
      .then(async () => this.#pay(id, method))
      .catch((error: unknown) => {
        // The store may be closed by now: the next daemon finds it there.
        this.#deps.log.warn('what is owed to a plugin could not be recorded', {
          subject: id,
          reason: messageOf(error),
        });
      });
    this.#paying.set(id, paid);
    await paid;
    if (this.#paying.get(id) === paid) this.#paying.delete(id);
  }

  /** Pays what plugins did not hear so far, behind the back of whoever knows that one is up again. */
  retry(): void {
    const unheard = [...this.#unheard];
    this.#unheard.clear();
    for (const id of unheard) void this.pay(id);
  }

  async #pay(id: string, method: string | undefined): Promise<void> {
    const deaf = new Set<string>();
    const calls = this.#owed.get(id)?.calls ?? [];
    for (const call of calls.filter((each) => method === undefined || each.method === method)) {
      if (deaf.has(call.plugin)) continue;
      if (await this.#make(id, call)) this.#strike(id, call);
      else deaf.add(call.plugin);
    }
    if (deaf.size > 0) this.#unheard.add(id);
  }

  /** Whether the plugin has heard it. */
  async #make(id: string, call: OwedCall): Promise<boolean> {
    const { plugins, log } = this.#deps;
    const told = { subject: id, plugin: call.plugin, method: call.method };
    const plugin = await plugins.find(call.plugin, call.can).catch(() => undefined);
    if (!plugin) {
      log.warn('a plugin is not there to take back what it gave', told);
      return false;
    }
    try {
      await askPlugin(plugin, call.method, call.body, answer, CALL);
      return true;
    } catch (error) {
      if (!isUnknownMethod(error))
        log.warn('a plugin did not take back what it gave', { ...told, reason: messageOf(error) });
      return !isUnanswered(error);
    }
  }

  #strike(id: string, call: OwedCall): void {
    const debt = this.#owed.get(id);
    if (debt) this.#keep(id, { ...debt, calls: debt.calls.filter((each) => each !== call) });
  }

  #keep(id: string, debt: Debt): void {
    if (debt.calls.length === 0) {
      this.#owed.delete(id);
      this.#deps.table.delete(id);
    } else {
      this.#owed.set(id, debt);
      this.#deps.table.put(id, debt);
    }
  }
}
