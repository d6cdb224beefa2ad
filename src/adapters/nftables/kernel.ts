// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { EngineError, type ErrorKind, isKind } from '../../base/errors.ts';
import { NftablesContext, type NftablesOutput } from '../../sys/libnftables.ts';
import { NetlinkMonitor } from '../../sys/netlink-monitor.ts';
import { NETLINK_NETFILTER } from '../../sys/netlink-socket.ts';
import { type ContentsOf, commandsOf } from './commands.ts';
import { contentsOf, elementsOf, tablesOf } from './listing.ts';
import type { Nftables, Removal } from './nftables.ts';
import { removalsOf, removerOf } from './removals.ts';

/** The library tells the errno of the kernel only in words, those of strerror(3). */
const KINDS: readonly (readonly [words: string, kind: ErrorKind])[] = [
  ['File exists', 'conflict'],
  ['Device or resource busy', 'conflict'],
  ['No such file or directory', 'not-found'],
  ['Operation not permitted', 'forbidden'],
  ['Operation not supported', 'not-implemented'],
  ['syntax error', 'invalid-argument'],
];

/** What the kernel says when a signal for the process comes in the middle: nothing has changed then, and it may be tried again. */
const INTERRUPTED = 'Interrupted system call';
const ATTEMPTS = 100;

/** `NFNLGRP_NFTABLES` of `<linux/netfilter/nfnetlink.h>`. */
const NFTABLES_GROUP = 7;

const failure = (words: string): EngineError => {
  const kind = KINDS.find(([known]) => words.includes(known))?.[1] ?? 'internal';
  return new EngineError(kind, `nftables: ${words.trim()}`);
};

type Run = (commands: string, printed?: NftablesOutput) => string;

const readContents =
  (run: Run): ContentsOf =>
  (table, family) => {
    try {
      return contentsOf(run(`list table ${family ?? 'ip'} ${table}`, 'terse-json'));
    } catch (error) {
      if (isKind(error, 'not-found')) return undefined;
      throw error;
    }
  };

/** The kernel tells who changed something by the port of its socket. The library's own is seen in a change that nobody else makes. */
const watchOthers = (run: Run, listener: (removal: Removal) => void): Disposable => {
  const state: { own: number | undefined } = { own: undefined };
  const probe = `berth-probe-${randomBytes(8).toString('hex')}`;
  const monitor = new NetlinkMonitor(NETLINK_NETFILTER, NFTABLES_GROUP, (heard) => {
    if (heard === 'lost') listener('unknown');
    else if (state.own === undefined) state.own = removerOf(heard, probe);
    else for (const removal of removalsOf(heard)) listener(removal);
  });
  run(`add table ip ${probe}\ndelete table ip ${probe}`);
  monitor.drain();
  if (state.own === undefined) {
    monitor[Symbol.dispose]();
    throw new EngineError('internal', 'nftables: the kernel does not tell of changes');
  }
  monitor.ignoreSender(state.own);
  return monitor;
};

/**
 * The kernel's nftables through libnftables, no process. It works on the network namespace in which the thread is at its
 * first use, and stays there. Main thread only.
 */
export const createNftables = (): Nftables => {
  const held: { context?: NftablesContext } = {};
  const run: Run = (commands, printed) => {
    held.context ??= new NftablesContext();
    for (let attempt = 1; ; attempt += 1) {
      const { succeeded, output, words } = held.context.run(commands, printed);
      if (succeeded) return output;
      if (attempt === ATTEMPTS || !words.includes(INTERRUPTED)) throw failure(words);
    }
  };
  const contents = readContents(run);
  return {
    apply: (changes) => {
      if (changes.length > 0) run(commandsOf(changes, contents));
    },
    tables: () => tablesOf(run('list tables', 'json')),
    contents,
    elements: (table, map, family) =>
      elementsOf(run(`list map ${family ?? 'ip'} ${table} ${map}`, 'json'), table, map, family),
    watch: (listener) => watchOthers(run, listener),
    [Symbol.dispose]: () => held.context?.[Symbol.dispose](),
  };
};
