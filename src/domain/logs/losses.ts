// SPDX-License-Identifier: Apache-2.0
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { now, seconds, type Timestamp } from '../../base/time.ts';
import type { EventPublisher } from '../events/index.ts';
import type { LogSubject } from './logs.ts';

export interface LossesDeps {
  readonly events: EventPublisher;
  readonly log: Log;
}

/** A log that goes on losing output is told of again after this long. */
const INTERVAL = seconds(60);

/** The action of the event; Docker has none for it (ADR 0014). */
const ACTION = 'log_lost';

/**
 * Tells the daemon's log and whoever watches events that output of a container is lost: at once the first time, then at
 * most once a minute, with what was lost since.
 */
export class Losses {
  readonly #deps: LossesDeps;
  readonly #subject: LogSubject;
  readonly #driver: string;
  readonly #clock: () => Timestamp;
  #toldAt: Timestamp | undefined;
  #messages = 0;
  #error: unknown;

  constructor(deps: LossesDeps, subject: LogSubject, driver: string, clock: () => Timestamp = now) {
    this.#deps = deps;
    this.#subject = subject;
    this.#driver = driver;
    this.#clock = clock;
  }

  /** `messages` of them were lost by `error`; 0 when nobody knows how many. */
  add(error: unknown, messages = 0): void {
    this.#messages += messages;
    this.#error = error;
    const last = this.#toldAt;
    if (last === undefined || this.#clock() - last >= INTERVAL) this.#tell();
  }

  /** The log is closed: what has not been told yet is. */
  close(): void {
    if (this.#error !== undefined) this.#tell();
  }

  #tell(): void {
    const error = messageOf(this.#error);
    const lost = this.#messages;
    this.#toldAt = this.#clock();
    this.#messages = 0;
    this.#error = undefined;
    const { id, name, imageName, labels } = this.#subject;
    const driver = this.#driver;
    this.#deps.log.warn('output of a container is lost', { container: id, driver, error, messages: lost });
    this.#deps.events.publish({
      type: 'container',
      action: ACTION,
      actor: id,
      attributes: {
        ...labels,
        image: imageName,
        name,
        driver,
        error,
        ...(lost > 0 && { messages: String(lost) }),
      },
    });
  }
}
