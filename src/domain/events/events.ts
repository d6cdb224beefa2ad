// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../base/time.ts';
import type { EngineEvent, NewEvent } from './event.ts';

/** What a follower wants. Values of one key are alternatives (labels: all), keys are joined by AND; unknown keys are ignored. */
export type EventFilters = Readonly<Record<string, readonly string[]>>;

export interface EventQuery {
  /** Past events come first when `since` or `until` is given; the log reaches back over restarts of the daemon. */
  readonly since?: Timestamp;
  /** The stream ends here: at once when it is past. */
  readonly until?: Timestamp;
  readonly filters: EventFilters;
}

/** The narrow side that other rooms publish by. */
export interface EventPublisher {
  publish(event: NewEvent): void;
}

/** The durable event log. Publishing never waits for a follower; a slow one loses its oldest events (bounded queue of 100). */
export interface Events extends EventPublisher {
  /** Subscribed when this returns. */
  follow(query: EventQuery, signal: AbortSignal): AsyncIterable<EngineEvent>;
  readonly listeners: number;
}
