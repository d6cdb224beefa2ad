// SPDX-License-Identifier: Apache-2.0
import { EngineError, type ErrorKind } from '../../base/errors.ts';
import { NftablesContext } from '../../sys/libnftables.ts';
import { commandsOf } from './commands.ts';
import { elementsOf, tablesOf } from './listing.ts';
import type { Nftables } from './nftables.ts';

/** The library tells the errno of the kernel only in words, those of strerror(3). */
const KINDS: readonly (readonly [words: string, kind: ErrorKind])[] = [
  ['File exists', 'conflict'],
  ['No such file or directory', 'not-found'],
  ['Operation not permitted', 'forbidden'],
  ['Operation not supported', 'not-implemented'],
  ['syntax error', 'invalid-argument'],
];

const failure = (words: string): EngineError => {
  const kind = KINDS.find(([known]) => words.includes(known))?.[1] ?? 'internal';
  return new EngineError(kind, `nftables: ${words.trim()}`);
};

/**
 * The kernel's nftables through libnftables, no process. It works on the network namespace in which the thread is at its
 * first use, and stays there. Main thread only.
 */
export const createNftables = (): Nftables => {
  const held: { context?: NftablesContext } = {};
  const run = (commands: string, json: boolean): string => {
    held.context ??= new NftablesContext();
    const { succeeded, output, words } = held.context.run(commands, json);
    if (!succeeded) throw failure(words);
    return output;
  };
  return {
    apply: (changes) => {
      if (changes.length > 0) run(commandsOf(changes), false);
    },
    tables: () => tablesOf(run('list tables', true)),
    elements: (table, map) => elementsOf(run(`list map ip ${table} ${map}`, true), table, map),
    [Symbol.dispose]: () => held.context?.[Symbol.dispose](),
  };
};
