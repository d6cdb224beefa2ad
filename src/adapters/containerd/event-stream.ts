// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { create, fromBinary } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import { sleep } from '../../base/async.ts';
import { isKind, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { ZERO_TIME, milliseconds } from '../../base/time.ts';
import { momentOf } from './any.ts';
import {
  TaskDeleteSchema,
  TaskExitSchema,
  TaskOOMSchema,
  TaskPausedSchema,
  TaskResumedSchema,
} from './gen/containerd/events/task_pb.ts';
import { Events as Service } from './gen/containerd/services/events/v1/events_pb.ts';
import type { Envelope } from './gen/containerd/types/envelope_pb.ts';
import type { GrpcClient } from './grpc/client.ts';
import type { TaskEvent, TaskEvents } from './task-events.ts';

/** The topics that carry a `TaskEvent`. */
const TOPICS = ['/tasks/exit', '/tasks/oom', '/tasks/paused', '/tasks/resumed', '/tasks/delete'];
/** Pause (ms) between two markers while the subscription is on its way, and after a stream that was cut. */
const MARKER_PAUSE = 5;
const RETRY_PAUSE = 100;

/** The engine's event in `envelope`; `undefined` for what is none of ours. The type's name tells what is inside. */
const decodeEvent = ({ event }: Envelope): TaskEvent | undefined => {
  const bytes = event?.value ?? new Uint8Array();
  switch (event?.typeUrl) {
    case TaskExitSchema.typeName: {
      const { containerId, id, pid, exitStatus, exitedAt } = fromBinary(TaskExitSchema, bytes);
      const exec = id === containerId || id === '' ? {} : { execId: id };
      return {
        kind: 'exit',
        id: containerId,
        ...exec,
        pid,
        exitStatus,
        exitedAt: momentOf(exitedAt) ?? ZERO_TIME,
      };
    }
    case TaskOOMSchema.typeName:
      return { kind: 'oom', id: fromBinary(TaskOOMSchema, bytes).containerId };
    case TaskPausedSchema.typeName:
      return { kind: 'paused', id: fromBinary(TaskPausedSchema, bytes).containerId };
    case TaskResumedSchema.typeName:
      return { kind: 'resumed', id: fromBinary(TaskResumedSchema, bytes).containerId };
    case TaskDeleteSchema.typeName: {
      const { containerId, id } = fromBinary(TaskDeleteSchema, bytes);
      return id === '' || id === containerId ? { kind: 'deleted', id: containerId } : undefined;
    }
    default:
      return undefined;
  }
};

export interface EventStreamDeps {
  readonly client: Pick<GrpcClient, 'unary' | 'serverStream'>;
  readonly namespace: string;
  readonly log: Log;
}

/**
 * Publishes `topic` until the subscription has seen it. containerd answers a subscription with nothing before its first
 * event, so an event of our own is the one proof that it stands.
 */
const publishMarker = async (
  { client }: EventStreamDeps,
  topic: string,
  { seen, signal }: { readonly seen: AbortSignal; readonly signal: AbortSignal },
): Promise<void> => {
  const event = create(AnySchema, { typeUrl: 'berth.subscribed' });
  const patience = AbortSignal.any([seen, signal]);
  while (!patience.aborted) {
    try {
      await client.unary(Service.method.publish, { topic, event }, { signal: patience });
    } catch (error) {
      if (!patience.aborted && !isKind(error, 'unavailable')) throw error;
    }
    await sleep(milliseconds(MARKER_PAUSE), patience).catch(() => undefined);
  }
};

/** One subscription until it ends or is cut; `onLive` is called when it stands for certain. */
const follow = async function* (
  deps: EventStreamDeps,
  signal: AbortSignal,
  onLive: () => readonly TaskEvent[],
): AsyncGenerator<TaskEvent> {
  const marker = `/berth/subscribed/${randomUUID()}`;
  const filters = [...TOPICS, marker].map((topic) => `namespace==${deps.namespace},topic=="${topic}"`);
  const seen = new AbortController();
  const cut = new AbortController();
  const either = AbortSignal.any([signal, cut.signal]);
  const marking = publishMarker(deps, marker, { seen: seen.signal, signal: either }).catch(
    (error: unknown) => {
      cut.abort(error);
    },
  );
  // What comes before the marker waits for it: whoever waits until the subscription stands does not read yet.
  const early: TaskEvent[] = [];
  try {
    const stream = deps.client.serverStream(Service.method.subscribe, { filters }, { signal: either });
    for await (const envelope of stream) {
      const event = decodeEvent(envelope);
      if (envelope.topic === marker && !seen.signal.aborted) {
        seen.abort();
        yield* onLive();
        yield* early.splice(0);
      } else if (event !== undefined && seen.signal.aborted) yield event;
      else if (event !== undefined) early.push(event);
    }
  } finally {
    seen.abort();
    await marking;
  }
};

const followForEver = async function* (
  deps: EventStreamDeps,
  signal: AbortSignal,
  ready: () => void,
): AsyncGenerator<TaskEvent> {
  let stoodBefore = false;
  const onLive = (): readonly TaskEvent[] => {
    ready();
    const again: readonly TaskEvent[] = stoodBefore ? [{ kind: 'resubscribed' }] : [];
    stoodBefore = true;
    return again;
  };
  while (!signal.aborted) {
    try {
      yield* follow(deps, signal, onLive);
    } catch (error) {
      if (signal.aborted) return;
      deps.log.warn('containerd event stream was cut', { error: messageOf(error) });
    }
    await sleep(milliseconds(RETRY_PAUSE), signal).catch(() => undefined);
  }
};

/** containerd's event service, narrowed to the namespace's tasks. */
export const createTaskEvents = (deps: EventStreamDeps): TaskEvents => ({
  subscribe: (signal) => {
    const live = Promise.withResolvers<void>();
    live.promise.catch(() => undefined);
    signal.addEventListener('abort', () => live.reject(signal.reason as Error), { once: true });
    if (signal.aborted) live.reject(signal.reason as Error);
    const source = followForEver(deps, signal, live.resolve);
    // The subscription begins now, not with the reader's first step: `ready` must not wait for a reader.
    const first = source.next();
    first.catch(() => undefined);
    const events = (async function* (): AsyncGenerator<TaskEvent> {
      const step = await first;
      if (step.done === true) return;
      yield step.value;
      yield* source;
    })();
    return { ready: live.promise, events };
  },
});
