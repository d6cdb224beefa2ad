// SPDX-License-Identifier: Apache-2.0
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A running program to talk with: type into it, wait for what it prints, wait for its end. */
export interface Conversation {
  /** Everything printed so far, stdout and stderr. */
  readonly heard: string;
  say(text: string): void;
  /** Ends the program's stdin. */
  hangUp(): void;
  /** Waits until the output since the last `hear` matches. @throws Error with what was heard after `patience` ms. */
  hear(pattern: RegExp, patience?: number): Promise<string>;
  /** The exit code, once it ended. @throws Error after `patience` ms. */
  end(patience?: number): Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/** Begins a conversation with a program that was started with pipes. */
export function converse(child: ChildProcess): Conversation {
  let heard = '';
  let consumed = 0;
  const waiting = new Set<() => void>();
  const listen = (chunk: Buffer): void => {
    heard += chunk.toString();
    for (const wake of waiting) wake();
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  child.stdin?.on('error', () => {
    // The program may end before it has read everything.
  });
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : -1));
  const patiently = async <T>(work: Promise<T>, patience: number, what: string): Promise<T> => {
    const failure = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      failure.reject(new Error(`${what}; heard: ${JSON.stringify(heard.slice(-2000))}`));
    }, patience);
    try {
      return await Promise.race([work, failure.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
  const match = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const found = pattern.exec(heard.slice(consumed));
      if (found !== null) {
        consumed += found.index + found[0].length;
        return found[0];
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.add(resolve);
      await promise;
      waiting.delete(resolve);
    }
  };
  return {
    get heard() {
      return heard;
    },
    say: (text) => void child.stdin?.write(text),
    hangUp: () => void child.stdin?.end(),
    hear: (pattern, patience = 10_000) => patiently(match(pattern), patience, `did not hear ${pattern}`),
    end: (patience = 15_000) => patiently(ended, patience, 'it did not end'),
    kill: (signal) => void child.kill(signal),
  };
}
