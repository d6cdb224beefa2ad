// SPDX-License-Identifier: Apache-2.0
import { bool, type Infer, int, slice, string, struct } from '../../base/go-json.ts';
import type { ExecDetails, ExecRequest, ExecStartRequest } from '../../domain/containers/index.ts';
import type { ApiVersion } from '../version.ts';

/** Engine API, `ExecConfig`. */
export const execConfig = struct('ExecOptions', {
  user: string,
  privileged: bool,
  tty: bool,
  consoleSize: slice(int),
  attachStdin: bool,
  attachStderr: bool,
  attachStdout: bool,
  detachKeys: string,
  env: slice(string),
  workingDir: string,
  cmd: slice(string),
});

/** Engine API, `ExecStartConfig`. */
export const execStartConfig = struct('ExecStartOptions', {
  detach: bool,
  tty: bool,
  consoleSize: slice(int),
});

type Sized = { readonly consoleSize?: readonly [height: number, width: number] };

/** The size of a terminal counts from API 1.42 on. */
const sizeOf = (size: readonly number[] | undefined, api: ApiVersion): Sized => {
  const [height, width] = size ?? [];
  if (api < 42 || height === undefined || width === undefined) return {};
  return height === 0 && width === 0 ? {} : { consoleSize: [height, width] };
};

export const readExecRequest = (body: Infer<typeof execConfig>, api: ApiVersion): ExecRequest => ({
  attachStdin: body.attachStdin,
  attachStdout: body.attachStdout,
  attachStderr: body.attachStderr,
  ...(body.detachKeys === '' ? {} : { detachKeys: body.detachKeys }),
  tty: body.tty,
  env: body.env ?? [],
  cmd: body.cmd ?? [],
  privileged: body.privileged,
  user: body.user,
  workingDir: body.workingDir,
  ...sizeOf(body.consoleSize, api),
});

export const readExecStart = (body: Infer<typeof execStartConfig>, api: ApiVersion): ExecStartRequest => ({
  tty: body.tty,
  ...(body.tty ? sizeOf(body.consoleSize, api) : {}),
});

/** Engine API, `ExecInspectResponse`. */
export const execBody = ({ request, ...details }: ExecDetails): object => ({
  ID: details.id,
  Running: details.running,
  ExitCode: details.exitCode ?? null,
  ProcessConfig: {
    tty: request.tty,
    entrypoint: request.cmd[0] ?? '',
    arguments: request.cmd.slice(1),
    privileged: request.privileged,
    ...(request.user === '' ? {} : { user: request.user }),
  },
  OpenStdin: request.attachStdin,
  OpenStderr: request.attachStderr,
  OpenStdout: request.attachStdout,
  CanRemove: details.canRemove,
  ContainerID: details.containerId,
  DetachKeys: Buffer.from(details.detachKeys).toString('base64'),
  Pid: details.pid,
});
