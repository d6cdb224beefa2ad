// SPDX-License-Identifier: Apache-2.0
import type { Timestamp } from '../../base/time.ts';

/** What containerd tells of tasks. `execId` is absent for the task's own process. */
export type TaskEvent =
  | {
      readonly kind: 'exit';
      readonly id: string;
      readonly execId?: string;
      readonly pid: number;
      readonly exitStatus: number;
      readonly exitedAt: Timestamp;
    }
  | { readonly kind: 'oom'; readonly id: string }
  | { readonly kind: 'paused'; readonly id: string }
  | { readonly kind: 'resumed'; readonly id: string }
  | { readonly kind: 'deleted'; readonly id: string }
  /** The stream was cut and stands again: events may have been missed, so compare with `tasks.list()`. */
  | { readonly kind: 'resubscribed' };

export interface TaskEvents {
  /** Follows the namespace's task events until `signal` aborts; a lost connection is mended inside. The promise of the first `next()` call is preceded by a live subscription once `ready` resolves. */
  subscribe(signal: AbortSignal): {
    readonly ready: Promise<void>;
    readonly events: AsyncIterable<TaskEvent>;
  };
}
