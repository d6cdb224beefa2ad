// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { silentLog } from '../../base/log.ts';
import { createTaskEvents } from './event-stream.ts';
import { TaskExitSchema } from './gen/containerd/events/task_pb.ts';
import { type Envelope, EnvelopeSchema } from './gen/containerd/types/envelope_pb.ts';
import type { GrpcClient } from './grpc/client.ts';

const exitOf = (containerId: string): Envelope =>
  create(EnvelopeSchema, {
    topic: '/tasks/exit',
    event: {
      typeUrl: TaskExitSchema.typeName,
      value: toBinary(TaskExitSchema, create(TaskExitSchema, { containerId, id: containerId, pid: 7 })),
    },
  });

/** A service that tells of an end before it shows what is published, as one does when probes end while the daemon starts. */
const busyService = (): Pick<GrpcClient, 'unary' | 'serverStream'> => {
  const published = Promise.withResolvers<string>();
  return {
    unary: async (_method: unknown, request: { readonly topic: string }) => {
      published.resolve(request.topic);
      return Promise.resolve({});
    },
    async *serverStream() {
      yield exitOf('early');
      yield create(EnvelopeSchema, { topic: await published.promise });
      yield exitOf('late');
    },
  } as unknown as Pick<GrpcClient, 'unary' | 'serverStream'>;
};

test('a subscription stands though tasks end before it is proved and nobody reads yet; their ends come first', async () => {
  const stop = new AbortController();
  const deps = { client: busyService(), namespace: 'moby', log: silentLog };
  const { ready, events } = createTaskEvents(deps).subscribe(stop.signal);
  await ready;
  const ended: string[] = [];
  for await (const event of events) {
    if (event.kind === 'exit') ended.push(event.id);
    if (ended.length === 2) break;
  }
  stop.abort();
  assert.deepEqual(ended, ['early', 'late']);
});
