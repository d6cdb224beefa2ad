// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../base/time.ts';

export type EventType = 'container' | 'image' | 'network' | 'volume' | 'daemon' | 'plugin' | 'builder';

/** Something that has happened. `attributes` of a container hold its labels, `image` and `name` beside the action's own. */
export interface EngineEvent {
  readonly type: EventType;
  /** `start`, `die` … ; a few carry data: `exec_create: ls -l`, `health_status: healthy`. */
  readonly action: string;
  /** Full id, volume name or image reference; empty for prunes. */
  readonly actor: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly at: Timestamp;
}

/** An event to publish: the log gives it its time. */
export type NewEvent = Omit<EngineEvent, 'at'>;
