// SPDX-License-Identifier: Apache-2.0
import { create } from '@bufbuild/protobuf';
import { type Nanoseconds, ZERO_TIME, milliseconds } from '../../base/time.ts';
import { messageAny, momentOf, ociAny } from './any.ts';
import { CheckpointOptionsSchema, OptionsSchema } from './gen/containerd/runc/v1/options_pb.ts';
import { Tasks as Service } from './gen/containerd/services/tasks/v1/tasks_pb.ts';
import { type Process, Status } from './gen/containerd/v1/types/process_pb.ts';
import type { GrpcClient } from './grpc/client.ts';
import type { CreateTaskRequest, ProcessRef, TaskInfo, TaskStatus, Tasks } from './tasks.ts';

/** A wait has no deadline of its own. */
const FOR_EVER = milliseconds(-1);

const STATUS: Readonly<Record<number, TaskStatus>> = {
  [Status.UNKNOWN]: 'unknown',
  [Status.CREATED]: 'created',
  [Status.RUNNING]: 'running',
  [Status.STOPPED]: 'stopped',
  [Status.PAUSED]: 'paused',
  [Status.PAUSING]: 'pausing',
};

const refOf = ({
  id,
  execId = '',
}: ProcessRef): { readonly containerId: string; readonly execId: string } => ({
  containerId: id,
  execId,
});

/** In a list a process has its container's id in `id` alone. */
const infoOf = (process: Process): TaskInfo => {
  const exitedAt = momentOf(process.exitedAt);
  return {
    id: process.containerId === '' ? process.id : process.containerId,
    pid: process.pid,
    status: STATUS[process.status] ?? 'unknown',
    exitStatus: process.exitStatus,
    ...(exitedAt === undefined ? {} : { exitedAt }),
  };
};

const runtimeOptions = ({
  runtimeBinary,
  systemdCgroup,
  runtimeRoot,
  ioOwner,
  checkpoint,
}: CreateTaskRequest) =>
  messageAny(
    OptionsSchema,
    create(OptionsSchema, {
      binaryName: runtimeBinary,
      systemdCgroup: systemdCgroup ?? false,
      root: runtimeRoot ?? '',
      ioUid: ioOwner?.uid ?? 0,
      ioGid: ioOwner?.gid ?? 0,
      criuImagePath: checkpoint ?? '',
    }),
  );

const mountsOf = (request: CreateTaskRequest) =>
  request.rootfs.map(({ type, source, options }) => ({ type, source, options: [...options] }));

/** containerd's task service. `deadline` holds for the calls that start a process: they take as long as the runtime does. */
export const createTasks = (client: GrpcClient, deadline: Nanoseconds): Tasks => ({
  create: async (request, signal) => {
    const { id: containerId, stdio } = request;
    const rootfs = mountsOf(request);
    const options = runtimeOptions(request);
    const { pid } = await client.unary(
      Service.method.create,
      { containerId, rootfs, ...stdio, options },
      { signal, deadline },
    );
    return { pid };
  },
  start: async (process, signal) => {
    const { pid } = await client.unary(Service.method.start, refOf(process), { signal, deadline });
    return { pid };
  },
  exec: async ({ id: containerId, execId, process, stdio }, signal) => {
    const spec = ociAny('Process', process);
    await client.unary(Service.method.exec, { containerId, execId, spec, ...stdio }, { signal, deadline });
  },
  kill: async (process, signal, { all = false } = {}) => {
    await client.unary(Service.method.kill, { ...refOf(process), signal, all });
  },
  delete: async (process) => {
    const { pid, exitStatus, exitedAt } =
      process.execId === undefined
        ? await client.unary(Service.method.delete, { containerId: process.id }, { deadline })
        : await client.unary(Service.method.deleteProcess, refOf(process), { deadline });
    return { pid, exitStatus, exitedAt: momentOf(exitedAt) ?? ZERO_TIME };
  },
  resize: async (process, { width, height }) => {
    await client.unary(Service.method.resizePty, { ...refOf(process), width, height });
  },
  closeStdin: async (process) => {
    await client.unary(Service.method.closeIO, { ...refOf(process), stdin: true });
  },
  pause: async (containerId) => {
    await client.unary(Service.method.pause, { containerId });
  },
  resume: async (containerId) => {
    await client.unary(Service.method.resume, { containerId });
  },
  get: async (process) => {
    const answer = await client.unary(Service.method.get, refOf(process));
    return { ...infoOf(answer.process as Process), id: process.id };
  },
  list: async () => {
    const { tasks } = await client.unary(Service.method.list, {});
    return tasks.map(infoOf);
  },
  pids: async (containerId) => {
    const { processes } = await client.unary(Service.method.listPids, { containerId });
    return processes.map(({ pid }) => pid);
  },
  wait: async (process, signal) => {
    // The answer of a wait has no pid; a process that has gone meanwhile has none to tell either.
    const known = client.unary(Service.method.get, refOf(process), { signal }).catch(() => undefined);
    const { exitStatus, exitedAt } = await client.unary(Service.method.wait, refOf(process), {
      signal,
      deadline: FOR_EVER,
    });
    const pid = (await known)?.process?.pid ?? 0;
    return { pid, exitStatus, exitedAt: momentOf(exitedAt) ?? ZERO_TIME };
  },
  checkpoint: async (containerId, imagePath, { exit }) => {
    const options = messageAny(CheckpointOptionsSchema, create(CheckpointOptionsSchema, { exit, imagePath }));
    await client.unary(Service.method.checkpoint, { containerId, options }, { deadline: FOR_EVER });
  },
  update: async (containerId, resources) => {
    await client.unary(Service.method.update, {
      containerId,
      resources: ociAny('LinuxResources', resources),
    });
  },
});
