// SPDX-License-Identifier: Apache-2.0
import type { TaskEvent, TaskEvents } from './task-events.ts';
import { Inbox } from './grpc/inbox.ts';

/** Events that a test or the fake tasks tell. */
export interface FakeTaskEvents extends TaskEvents {
  /** Tells every subscriber. */
  publish(event: TaskEvent): void;
}

export const createFakeTaskEvents = (): FakeTaskEvents => {
  const subscribers = new Set<Inbox<TaskEvent>>();
  const follow = async function* (inbox: Inbox<TaskEvent>): AsyncGenerator<TaskEvent> {
    for (;;) {
      const event = await inbox.next();
      if (event === undefined) return;
      yield event;
    }
  };
  return {
    publish: (event) => {
      for (const inbox of subscribers) inbox.push(event);
    },
    subscribe: (signal) => {
      const inbox = new Inbox<TaskEvent>();
      subscribers.add(inbox);
      const leave = (): void => {
        subscribers.delete(inbox);
        inbox.end();
      };
      signal.addEventListener('abort', leave, { once: true });
      if (signal.aborted) leave();
      return { ready: Promise.resolve(), events: follow(inbox) };
    },
  };
};
