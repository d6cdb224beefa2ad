// SPDX-License-Identifier: Apache-2.0
import { setTimeout } from 'node:timers/promises';
import { Semaphore } from '../../base/async.ts';
import { sysFailure } from '../../sys/errno.ts';
import { NETLINK_ROUTE, NetlinkSocket } from '../../sys/netlink-socket.ts';
import { deleteLink } from './link-messages.ts';
import { type Answer, parseAnswers, setSequence } from './message.ts';
import type { LinkRemover } from './netlink.ts';

/** Threads of Node's pool that may wait for the kernel: others read files by the same four. */
const THREADS = 2;
const ENODEV = 19;
/** Milliseconds between two looks for a link that is on its way out. */
const LOOK = 1;

type End = Extract<Answer, { end: true }>;

/** The kernel's, in the namespace that the thread is in now. */
export const openRemover = (): LinkRemover => {
  const socket = new NetlinkSocket(NETLINK_ROUTE);
  const slots = new Semaphore(THREADS);
  const ends = new Map<number, End>();
  const begun = new Set<Promise<void>>();
  const counter = { sequence: 0 };

  /** Answers come in the order in which the kernel ends, which is not that of the requests. */
  const endOf = (sequence: number): End => {
    for (;;) {
      const end = ends.get(sequence);
      ends.delete(sequence);
      if (end) return end;
      for (const answer of parseAnswers(socket.receive())) if (answer.end) ends.set(answer.sequence, answer);
    }
  };

  const remove = async (name: string): Promise<void> => {
    using _slot = await slots.acquire();
    const message = deleteLink(name);
    const sequence = ++counter.sequence;
    setSequence(message, sequence);
    await socket.sendAside(message);
    const { errno } = endOf(sequence);
    if (errno !== 0 && errno !== ENODEV) throw sysFailure(errno, 'delete link', name);
  };

  const begin = (name: string): Promise<void> => {
    const removal = remove(name).finally(() => begun.delete(settled));
    const settled = removal.catch(() => undefined);
    begun.add(settled);
    return removal;
  };

  /** True when the link is unseen before its removal has ended. */
  const isUnseen = async (name: string, signal: AbortSignal): Promise<boolean> => {
    while (!signal.aborted) {
      if (!socket.hasLink(name)) return true;
      await setTimeout(LOOK);
    }
    return false;
  };

  return {
    remove: begin,
    takeOff: async (name) => {
      const ended = new AbortController();
      const removal = begin(name).finally(() => ended.abort());
      // Nobody is left to hear of a failure behind its being unseen: there is none that matters then.
      removal.catch(() => undefined);
      if (!(await isUnseen(name, ended.signal))) await removal;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(begun);
      socket[Symbol.dispose]();
    },
  };
};
