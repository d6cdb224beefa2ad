// SPDX-License-Identifier: Apache-2.0
import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../support/engine.ts';
import type { HttpAnswer } from '../support/http-request.ts';
import type { Findings } from './findings.ts';

/** The lives of the daemon, as clients must know them to tell what can have become of what they made. */
export interface Lives {
  /** How often the daemon was killed so far, the kill under way included. */
  readonly deaths: number;
  /** Whether the life that follows death number `death` (from 1) keeps containers running. */
  wasLive(death: number): boolean;
  /** Resolves when the daemon answers. */
  up(): Promise<void>;
}

/** Who asks. */
export interface Asker {
  readonly engine: Engine;
  readonly agent: http.Agent;
  readonly lives: Lives;
  readonly findings: Findings;
}

/** What is asked, and of what kind of thing, for a fault's report. */
export interface Question {
  readonly method: string;
  /** Without the API version. */
  readonly path: string;
  readonly body?: object | undefined;
  readonly subject: string;
}

/** An answer, or word that the daemon died before it came. */
export type Reply = HttpAnswer | 'lost';

/** Milliseconds after which a living daemon that does not answer is said to hang. */
const PATIENCE = 120_000;

/** The path with names and ids left out, so that requests of a kind are counted together. */
const kindOf = (path: string): string =>
  path.split('?')[0]?.replace(/[0-9a-f]{64}|\b(?:soak|net|own|anchor|vol)-[-\d]+/, '…') ?? '';

/** Asks a daemon that is killed now and then; `ready` is called each time it is there to be asked. */
export const ask = async (asker: Asker, question: Question, ready: () => void): Promise<Reply> => {
  const { engine, agent, lives, findings } = asker;
  const { method, path, body, subject } = question;
  for (;;) {
    await lives.up();
    ready();
    const { deaths } = lives;
    const began = performance.now();
    try {
      const answer = await engine.request(method, `/v1.51${path}`, {
        agent,
        timeout: PATIENCE,
        ...(body !== undefined && { body }),
      });
      findings.deed(`${method} ${kindOf(path)}`);
      return answer;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (lives.deaths === deaths && performance.now() - began >= PATIENCE) {
        findings.fault('hung', `${method} ${path} (${subject})`);
        return 'lost';
      }
      // Nobody was there to hear it.
      if (code !== 'ECONNREFUSED' && code !== 'ENOENT') return 'lost';
      await sleep(50);
    }
  }
};
