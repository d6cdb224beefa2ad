// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpAnswer } from '../support/http-request.ts';
import { type Asker, ask } from './ask.ts';
import type { Fault } from './findings.ts';

/** A container of a client, and what the client knows of it by the answers it was given. */
export class NetworkGuest {
  readonly name: string;
  standing: 'gone' | 'running' | 'other' = 'gone';
  /** Networks that it is in, with its address there. */
  joined: ReadonlyMap<string, string> = new Map();
  readonly #deps: Asker;
  /** What is believed was answered by the daemon that lived after so many deaths; -1 when nothing is. */
  #deaths: number;
  /** What was asked and answered, for a fault's report. */
  readonly #story: string[] = [];

  constructor(deps: Asker, name: string) {
    this.#deps = deps;
    this.name = name;
    this.#deaths = deps.lives.deaths;
  }

  /** How much was asked of it. */
  get age(): number {
    return this.#story.length;
  }

  /** Its removal was asked for at most once, and no answer was lost: it is there until that. */
  get isUnasked(): boolean {
    return this.#story.filter((line) => / DELETE .*force=1|lost$/.test(line)).length < 2;
  }

  /** Asks; undefined when the daemon died over it, or when the answer is none of `expected`, which is a fault. */
  async do(
    method: string,
    path: string,
    expected: readonly number[],
    body?: object,
  ): Promise<HttpAnswer | undefined> {
    const { lives, findings } = this.#deps;
    let deaths = lives.deaths;
    const reply = await ask(this.#deps, { method, path, body, subject: this.name }, () => {
      deaths = lives.deaths;
    });
    const what = `${method} ${path}`;
    this.#story.push(
      `${new Date().toISOString().slice(14, 23)} ${what} ${reply === 'lost' ? reply : reply.status}`,
    );
    if (reply === 'lost' || deaths !== lives.deaths || this.isOutdated()) {
      this.#deaths = -1;
      return undefined;
    }
    if (expected.includes(reply.status)) return reply;
    this.#deaths = -1;
    findings.fault('wrong answer', `${what}: ${reply.status} ${reply.text.trim()} ${this.tell()}`);
    return undefined;
  }

  tell(): string {
    return `(${this.name}: ${this.#story.slice(-10).join(', ')})`;
  }

  isOutdated(): boolean {
    return this.#deaths !== this.#deps.lives.deaths;
  }

  /** Looks at the container when a death of the daemon, or a lost answer, has made everything uncertain. */
  async isKnown(): Promise<boolean> {
    return this.isOutdated() ? this.learn() : true;
  }

  async learn(): Promise<boolean> {
    const { lives } = this.#deps;
    this.#deaths = lives.deaths;
    const reply = await this.do('GET', `/containers/${this.name}/json`, [200, 404]);
    if (reply === undefined) return false;
    if (reply.status === 404) {
      this.standing = 'gone';
      return true;
    }
    const { State, NetworkSettings } = reply.json as {
      readonly State: { readonly Running: boolean };
      readonly NetworkSettings: {
        readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>>;
      };
    };
    this.standing = State.Running ? 'running' : 'other';
    this.joined = new Map(
      Object.entries(NetworkSettings.Networks).map(([network, { IPAddress }]) => [network, IPAddress]),
    );
    return true;
  }

  async fault(fault: Fault, detail: string, deaths: number): Promise<void> {
    if (deaths !== this.#deps.lives.deaths) return;
    // A death that is just being noticed explains it.
    await sleep(50);
    if (deaths === this.#deps.lives.deaths) this.#deps.findings.fault(fault, `${detail} ${this.tell()}`);
  }

  /** Removes something, however often the daemon dies over it. */
  async insist(path: string): Promise<HttpAnswer | undefined> {
    for (let tries = 0; tries < 20; tries += 1) {
      this.#deaths = this.#deps.lives.deaths;
      const reply = await this.do('DELETE', path, [204, 404]);
      if (reply !== undefined) return reply;
      await sleep(200);
    }
    return undefined;
  }
}
