// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpAnswer } from '../support/http-request.ts';
import { type Asker, ask, type Reply } from './ask.ts';
import { afterKill, type Belief, either, later, type Standing, stopped, sure, type Trade } from './belief.ts';
import { pickTrade } from './trades.ts';

export interface LaneDeps extends Asker {
  /** Names this lane's containers, and gives it a host port of its own. */
  readonly name: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** One client's way with one container after another: it knows what it was told, and holds the engine to it. */
export class Lane {
  readonly #deps: LaneDeps;
  #count = 0;
  #name = '';
  #id = '';
  #trade: Trade = pickTrade(0);
  #belief: Belief = sure('gone');
  /** Deaths of the daemon that the belief takes into account. */
  #deaths = 0;
  /** What was asked and answered of the present container, for a fault's report. */
  #story: string[] = [];

  constructor(deps: LaneDeps) {
    this.#deps = deps;
  }

  /** Works until told to end. */
  async run(): Promise<void> {
    const { signal } = this.#deps;
    while (!signal.aborted) {
      await this.#create();
      while (!signal.aborted && !this.#isGone()) await this.#step();
    }
  }

  /** Looks once more at where the container stands. */
  async check(): Promise<void> {
    if (this.#name !== '') await this.#look();
  }

  /** Removes what is left. */
  async finish(): Promise<void> {
    if (!this.#isGone()) await this.#remove();
  }

  #tell(): string {
    return `(${this.#story.slice(-8).join(', ')})`;
  }

  #isGone(): boolean {
    return this.#belief.size === 1 && this.#belief.has('gone');
  }

  async #step(): Promise<void> {
    await sleep(Math.random() * 500);
    const deeds: readonly (readonly [number, () => Promise<void>])[] = [
      [4, () => this.#start()],
      [2, () => this.#stop()],
      [1, () => this.#restart()],
      [2, () => this.#exec()],
      [1, () => this.#logs()],
      [1.5, () => this.#pauseAndGoOn()],
      [2, () => this.#look()],
      [2, () => this.#remove()],
    ];
    let at = Math.random() * deeds.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, deed] of deeds) {
      at -= weight;
      if (at < 0) return deed();
    }
  }

  async #ask(method: string, path: string, body?: object): Promise<Reply> {
    const request = { method, path, body, subject: this.#trade.name };
    const reply = await ask(this.#deps, request, () => this.#takeDeathsIn());
    const moment = new Date().toISOString().slice(14, 23);
    const outcome = reply === 'lost' ? reply : String(reply.status);
    this.#story.push(`${moment} ${method} ${path.split('/').at(-1) ?? ''} ${outcome}`);
    return reply;
  }

  /** What deaths of the daemon have made of the container since the belief was formed. */
  #takeDeathsIn(): void {
    const { lives } = this.#deps;
    while (this.#deaths < lives.deaths) {
      this.#deaths += 1;
      this.#story.push(`daemon killed, next ${lives.wasLive(this.#deaths) ? 'live' : 'not live'}`);
      this.#belief = afterKill(later(this.#belief, this.#trade), this.#trade, lives.wasLive(this.#deaths));
    }
  }

  /**
   * Asks for a change. `outcomes` are the beliefs that answers leave behind; another answer is a fault, after which the
   * container is looked at. When the daemon died the change has happened or not, or (`between`) half of it.
   */
  async #change(
    method: string,
    path: string,
    outcomes: (belief: Belief) => Readonly<Record<number, Belief>>,
    between: Belief = new Set(),
  ): Promise<void> {
    const reply = await this.#ask(method, `/containers/${this.#id}${path}`);
    const before = later(this.#belief, this.#trade);
    const after = outcomes(before);
    // What is frozen is let go on before it is ended.
    const thawed: Belief = between.size > 0 && before.has('paused') ? sure('running') : new Set();
    if (reply === 'lost') {
      this.#belief = either(before, ...Object.values(after), between, thawed);
      this.#takeDeathsIn();
      return;
    }
    const belief = after[reply.status];
    if (belief !== undefined) this.#belief = belief;
    else {
      this.#wrongAnswer(`${method} ${path}`, reply, before);
      this.#belief = either(before, ...Object.values(after), between);
    }
    // An answer that came just before the daemon died.
    this.#takeDeathsIn();
  }

  #wrongAnswer(what: string, reply: HttpAnswer, believed: Belief): void {
    this.#deps.findings.fault(
      'wrong answer',
      `${what} of ${this.#trade.name} ${this.#id.slice(0, 12)}, which is ${[...believed].join(' or ')}: ${reply.status} ${reply.text.trim()} ${this.#tell()}`,
    );
  }

  async #create(): Promise<void> {
    const { findings, name, port } = this.#deps;
    this.#count += 1;
    this.#name = `${name}-${this.#count}`;
    this.#trade = pickTrade(port);
    this.#belief = sure('gone');
    this.#story = [];
    this.#id = this.#name;
    const reply = await this.#ask('POST', `/containers/create?name=${this.#name}`, {
      Image: 'busybox',
      ...this.#trade.body,
    });
    if (reply === 'lost') {
      this.#belief = new Set(['created', 'gone']);
      this.#takeDeathsIn();
      findings.created(this.#name);
      return this.#look();
    }
    if (reply.status !== 201) {
      this.#wrongAnswer('create', reply, this.#belief);
      await sleep(500);
      return;
    }
    this.#id = (reply.json as { readonly Id: string }).Id;
    this.#belief = sure('created');
    findings.created(this.#id);
  }

  async #start(): Promise<void> {
    const trade = this.#trade;
    await this.#change(
      'POST',
      '/start',
      (belief) => ({
        ...(belief.has('created') || belief.has('exited') ? { 204: later(sure('running'), trade) } : {}),
        ...(belief.has('running') || belief.has('restarting') ? { 304: belief } : {}),
        ...(belief.has('paused') ? { 409: sure('paused') } : {}),
        ...(belief.has('gone') ? { 404: sure('gone') } : {}),
      }),
      trade.isFleeting ? new Set(['gone']) : new Set(),
    );
    this.#noteGone();
  }

  async #stop(): Promise<void> {
    await this.#change(
      'POST',
      '/stop?t=0',
      (belief) => ({
        204: stopped(belief, this.#trade),
        ...(belief.has('created') || belief.has('exited') ? { 304: either(belief) } : {}),
        ...(belief.has('gone') ? { 404: sure('gone') } : {}),
      }),
      sure('exited'),
    );
    this.#noteGone();
  }

  async #restart(): Promise<void> {
    const isFleeting = this.#trade.isFleeting === true;
    await this.#change(
      'POST',
      '/restart?t=0',
      (belief) => ({
        204: later(sure('running'), this.#trade),
        ...(belief.has('gone') ? { 404: sure('gone') } : {}),
      }),
      new Set(['exited', ...(isFleeting ? (['gone'] as const) : [])]),
    );
    this.#noteGone();
  }

  async #pauseAndGoOn(): Promise<void> {
    if (!this.#belief.has('running') || this.#trade.isShort || this.#trade.isStubborn) return;
    await this.#change('POST', '/pause', (belief) => ({
      204: sure('paused'),
      ...([...belief].every((standing) => standing === 'running') ? {} : { 409: belief, 404: belief }),
    }));
    if (!this.#belief.has('paused') || Math.random() < 0.2) return;
    await this.#change('POST', '/unpause', (belief) => ({
      204: sure('running'),
      ...([...belief].every((standing) => standing === 'paused') ? {} : { 500: belief, 404: belief }),
    }));
  }

  async #exec(): Promise<void> {
    if (!this.#belief.has('running')) return;
    const made = await this.#ask('POST', `/containers/${this.#id}/exec`, {
      Cmd: ['echo', 'hello'],
      AttachStdout: true,
    });
    if (made === 'lost') return this.#takeDeathsIn();
    const belief = later(this.#belief, this.#trade);
    const isSure = [...belief].every((standing) => standing === 'running');
    if (made.status !== 201) {
      if (isSure) this.#wrongAnswer('exec', made, belief);
      return;
    }
    const { Id } = made.json as { readonly Id: string };
    const ran = await this.#ask('POST', `/exec/${Id}/start`, { Detach: false, Tty: false });
    if (ran === 'lost') return this.#takeDeathsIn();
    if (isSure && this.#deaths === this.#deps.lives.deaths && !ran.text.includes('hello'))
      if (ran.status !== 404) this.#wrongAnswer('exec start', ran, belief);
  }

  async #logs(): Promise<void> {
    const reply = await this.#ask('GET', `/containers/${this.#id}/logs?stdout=1&tail=10`);
    const belief = later(this.#belief, this.#trade);
    if (reply === 'lost' || reply.status === 200 || belief.has('gone')) return;
    this.#wrongAnswer('logs', reply, belief);
  }

  async #remove(): Promise<void> {
    await this.#change(
      'DELETE',
      '?force=1&v=1',
      (belief) => ({
        204: sure('gone'),
        ...(belief.has('gone') ? { 404: sure('gone') } : {}),
        // It is removing itself at this very moment.
        ...(this.#trade.isFleeting ? { 404: sure('gone'), 409: sure('gone') } : {}),
      }),
      sure('exited'),
    );
    if (this.#isGone()) {
      this.#deps.findings.removed();
      await this.#look();
    }
  }

  /** A container that removes itself is gone a moment after its end. */
  #noteGone(): void {
    if (this.#isGone()) this.#deps.findings.removed();
  }

  /** Compares where the container stands with where it may; the truth is believed from then on. */
  async #look(): Promise<void> {
    const { findings } = this.#deps;
    let standing = await this.#standing();
    if (standing === undefined) return;
    // What removes itself does so behind the answer that told its end.
    for (
      let tries = 0;
      tries < 100 && this.#trade.isFleeting && this.#expects('gone') && standing !== 'gone';
      tries++
    ) {
      if (this.#expects(standing) && standing !== 'exited') break;
      await sleep(100);
      standing = (await this.#standing()) ?? standing;
    }
    const believed = later(this.#belief, this.#trade);
    const what = `${this.#trade.name} ${this.#id.slice(0, 12)} is ${standing}, and may be ${[...believed].join(' or ')} ${this.#tell()}`;
    if (!this.#expects(standing)) {
      if (standing === 'gone') findings.fault('lost', what);
      else if (this.#isGone()) findings.fault('returned', what);
      else findings.fault('wrong state', what);
    }
    if (standing === 'gone' && !this.#isGone()) findings.removed();
    // At boot it is brought back behind the first answers.
    const comesBack = this.#trade.isStubborn && standing === 'exited' && believed.has('running');
    this.#belief = comesBack ? believed : sure(standing);
  }

  #expects(standing: Standing): boolean {
    return later(this.#belief, this.#trade).has(standing);
  }

  async #standing(): Promise<Standing | undefined> {
    const reply = await this.#ask('GET', `/containers/${this.#id}/json`);
    if (reply === 'lost') return undefined;
    if (reply.status === 404) return 'gone';
    if (reply.status !== 200) {
      this.#wrongAnswer('inspect', reply, this.#belief);
      return undefined;
    }
    const { Id, State } = reply.json as { Id: string; State: { Status: string; Pid: number } };
    if (this.#id !== Id) this.#deps.findings.ids.add(Id);
    this.#id = Id;
    if (State.Status === 'removing' || State.Status === 'dead') return 'gone';
    if (State.Status === 'running') this.#checkProcess(State.Pid);
    return State.Status as Standing;
  }

  #checkProcess(pid: number): void {
    if (this.#trade.isShort || this.#trade.isStubborn) return;
    try {
      process.kill(pid, 0);
    } catch {
      if (this.#deaths === this.#deps.lives.deaths)
        this.#deps.findings.fault(
          'wrong state',
          `${this.#trade.name} ${this.#id.slice(0, 12)} runs without a process (${pid})`,
        );
    }
  }
}
