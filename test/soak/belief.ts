// SPDX-License-Identifier: Apache-2.0

/** `gone` stands for a container that can not be found. */
export type Standing = 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'gone';

/** What runs inside: how it ends, and what becomes of the container then. */
export interface Trade {
  readonly name: string;
  readonly body: object;
  /** The program ends by itself. */
  readonly isShort?: true;
  /** The container removes itself at its end. */
  readonly isFleeting?: true;
  /** The restart policy brings it back unless somebody stopped it. */
  readonly isStubborn?: true;
}

/** Where a container may stand, as far as its client can know. */
export type Belief = ReadonlySet<Standing>;

export const sure = (standing: Standing): Belief => new Set([standing]);

export const either = (...beliefs: readonly Belief[]): Belief =>
  new Set(beliefs.flatMap((belief) => [...belief]));

/** Where a container stands at the end of its run. */
const ended = ({ isFleeting }: Trade): Belief => sure(isFleeting ? 'gone' : 'exited');

/** What may become of a standing while nobody asks for anything. */
const drift = (standing: Standing, trade: Trade): Belief => {
  const lives = standing === 'running' || standing === 'restarting';
  if (lives && trade.isStubborn) return new Set(['running', 'restarting']);
  if (standing === 'running' && trade.isShort) return either(sure('running'), ended(trade));
  return sure(standing);
};

/** What is believed a while later. */
export const later = (belief: Belief, trade: Trade): Belief =>
  either(...[...belief].map((standing) => drift(standing, trade)));

/** What a daemon that was killed leaves to the next one, which keeps the containers running (`live`) or ends them. */
export const afterKill = (belief: Belief, trade: Trade, live: boolean): Belief =>
  either(
    ...[...belief].map((standing) => {
      if (standing === 'running' || standing === 'paused' || standing === 'restarting') {
        if (trade.isStubborn)
          // At boot it is brought back, but not before the first question is answered.
          return new Set<Standing>(['running', 'restarting', 'exited', ...(live ? [standing] : [])]);
        return live ? drift(standing, trade) : ended(trade);
      }
      // One that removes itself is a leftover once it has run.
      return standing === 'exited' && trade.isFleeting
        ? new Set<Standing>(['gone', 'exited'])
        : sure(standing);
    }),
  );

/** What a stop makes of it. */
export const stopped = (belief: Belief, trade: Trade): Belief =>
  either(...[...belief].map((standing) => (standing === 'created' ? sure(standing) : ended(trade))));
