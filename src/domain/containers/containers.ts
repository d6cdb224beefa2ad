// SPDX-License-Identifier: Apache-2.0
import type { ExecId } from '../../base/ids.ts';
import type { Nanoseconds, Timestamp } from '../../base/time.ts';
import type { ContainerConfig } from '../../spec/container-config.ts';
import type { ImageId } from '../../spec/digest.ts';
import type { NetworkingConfig } from '../../spec/endpoint-settings.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import type { Platform } from '../../spec/platform.ts';
import type { LogLine, LogQuery, OutputStream } from '../logs/index.ts';
import type { Sandbox } from '../networks/index.ts';
import type { Container } from './container.ts';
import type { ContainerStats, StatsRequest } from './stats/container-stats.ts';

export interface CreateRequest {
  /** With or without one leading slash; absent for a generated name. */
  readonly name?: string;
  readonly platform?: Platform;
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  readonly networking: NetworkingConfig;
  /** What the API layer has to tell beside (migrated fields); comes first in the answer's warnings. */
  readonly warnings: readonly string[];
}

export interface Waiting {
  /** The waiter is registered; the result comes when the condition holds. */
  readonly result: Promise<{ readonly exitCode: number; readonly error?: string }>;
}

export type WaitCondition = 'not-running' | 'next-exit' | 'removed';

export interface ListQuery {
  readonly all: boolean;
  /** 0 for no limit; above, stopped ones count too. */
  readonly limit: number;
  readonly size: boolean;
  readonly filters: Readonly<Record<string, readonly string[]>>;
}

export interface Sizes {
  /** Bytes of the writable layer. */
  readonly writable: number;
  /** Bytes of the whole root file system. */
  readonly root: number;
}

/** A container together with what belongs to its present run. */
export interface ContainerView {
  readonly container: Container;
  /** Present while it runs. */
  readonly sandbox?: Sandbox;
  /** All names without the leading slash, when others link to it: its own and `parent/alias`, sorted. */
  readonly names?: readonly string[];
  /** Legacy links; `name` is `/parent/alias`. */
  readonly links?: readonly { readonly name: string; readonly childName: string }[];
  readonly sizes?: Sizes;
}

export interface ContainerDetails extends ContainerView {
  /** Execs that run or were never started; `undefined` when there are none. */
  readonly execIds?: readonly ExecId[];
  readonly resolvConfPath: string;
  readonly hostnamePath: string;
  readonly hostsPath: string;
  readonly logPath: string;
  readonly graphDriver: { readonly name: string; readonly data?: Readonly<Record<string, string>> };
}

/** One piece of output as a client reads it. */
export interface OutputChunk {
  readonly stream: OutputStream;
  readonly data: Uint8Array;
}

/** A client's hold on a process's streams, from attach or exec. */
export interface StreamSession {
  readonly tty: boolean;
  /** Ends when the process's output has ended, the client detached, or `error` befell it. */
  readonly output: AsyncIterable<OutputChunk>;
  /** Absent when the client has no stdin here. `write` resolves when more may be sent; `end` is the client's half-close. */
  readonly stdin?: { write(chunk: Uint8Array): Promise<void>; end(): void };
  /** The client is gone. */
  close(): void;
}

export interface AttachRequest {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Follow the live streams. */
  readonly stream: boolean;
  /** First what was logged so far. */
  readonly logs: boolean;
  /** `ctrl-p,ctrl-q` and the like; undefined for the default. */
  readonly detachKeys?: string;
}

export interface ExecRequest {
  readonly attachStdin: boolean;
  readonly attachStdout: boolean;
  readonly attachStderr: boolean;
  readonly detachKeys?: string;
  readonly tty: boolean;
  readonly env: readonly string[];
  readonly cmd: readonly string[];
  readonly privileged: boolean;
  readonly user: string;
  readonly workingDir: string;
  readonly consoleSize?: readonly [height: number, width: number];
}

export interface ExecStartRequest {
  readonly tty: boolean;
  readonly consoleSize?: readonly [height: number, width: number];
}

/** What `GET /exec/{id}/json` tells. */
export interface ExecDetails {
  readonly id: ExecId;
  readonly containerId: string;
  readonly running: boolean;
  readonly exitCode?: number;
  readonly request: ExecRequest;
  /** The merged process: user and privileges as asked for. */
  readonly canRemove: boolean;
  readonly detachKeys: Uint8Array;
  readonly pid: number;
}

export interface TerminalSize {
  readonly height: number;
  readonly width: number;
}

/** What a client is told of a file in a container. */
export interface PathStat {
  /** The last part of the path. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** `st_mode`: kind and permission bits. */
  readonly mode: number;
  readonly modifiedAt: Timestamp;
  /** Where a link leads in the end, as a path in the container; empty for what is no link. */
  readonly linkTarget: string;
}

/** A tar stream out of a container. Whoever has it disposes of it, read or not. */
export interface ArchiveStream extends Disposable {
  readonly content: AsyncIterable<Uint8Array>;
}

export interface PathArchive extends ArchiveStream {
  readonly stat: PathStat;
}

export interface ExtractRequest {
  /** A directory of the container. */
  readonly path: string;
  /** A tar stream, as it is or packed (gzip, bzip2, xz, zstd). */
  readonly content: AsyncIterable<Uint8Array>;
  /** A directory is not replaced by another kind of file, nor the other way round. */
  readonly keepKinds: boolean;
  /** What is unpacked belongs to the container's user instead of whom the archive says. */
  readonly ownedByUser: boolean;
  readonly signal: AbortSignal;
}

/** One path that differs from the image's. */
export interface PathChange {
  readonly path: string;
  readonly kind: 'modified' | 'added' | 'deleted';
}

/** What `ps` tells of a container's processes. */
export interface ProcessTable {
  readonly titles: readonly string[];
  readonly processes: readonly (readonly string[])[];
}

export interface CheckpointRequest {
  /** `[a-zA-Z0-9][a-zA-Z0-9_.-]+` */
  readonly name: string;
  /** Directory on the host in which checkpoints lie; absent for the container's own. */
  readonly directory?: string;
  /** The container ends with it. */
  readonly exit: boolean;
}

/** A checkpoint to go on from. */
export type CheckpointReference = Omit<CheckpointRequest, 'exit'>;

/** How a container becomes an image. */
export interface CommitRequest {
  /** Repository of the image's name, with a tag or not; empty for none. */
  readonly repository: string;
  /** Empty for the one of `repository`, or `latest`. */
  readonly tag: string;
  readonly comment: string;
  readonly author: string;
  /** Freezes a running container meanwhile. */
  readonly pause: boolean;
  /** Instructions of a Dockerfile, applied in order. */
  readonly changes: readonly string[];
  /** In place of the container's own configuration, which fills what this leaves open. */
  readonly config?: ContainerConfig;
}

export interface PruneReport {
  /** Full ids. */
  readonly deleted: readonly string[];
  /** Bytes. */
  readonly reclaimed: number;
}

/** Containers by full id, name (one leading slash allowed) or unique id prefix. @throws not-found `No such container: x` everywhere */
export interface Containers {
  create(
    request: CreateRequest,
    options: { readonly signal: AbortSignal },
  ): Promise<{ readonly id: string; readonly warnings: readonly string[] }>;
  start(
    reference: string,
    options: { readonly signal: AbortSignal; readonly checkpoint?: CheckpointReference },
  ): Promise<'started' | 'already-running'>;
  /** `timeout` absent: the container's own; negative: wait for ever. */
  stop(
    reference: string,
    options: { readonly timeout?: Nanoseconds; readonly signalName?: string },
  ): Promise<'stopped' | 'already-stopped'>;
  restart(
    reference: string,
    options: { readonly timeout?: Nanoseconds; readonly signalName?: string },
  ): Promise<void>;
  /** `signalName` empty: SIGKILL. */
  kill(reference: string, signalName: string): Promise<void>;
  pause(reference: string): Promise<void>;
  unpause(reference: string): Promise<void>;
  rename(reference: string, name: string): Promise<void>;
  /** Adds a container to a network. @throws not-found, invalid-argument, forbidden in Docker's words */
  connectNetwork(network: string, reference: string, request: EndpointRequest): Promise<void>;
  /** Takes a container out of a network. @throws not-found, invalid-argument, internal in Docker's words */
  disconnectNetwork(network: string, reference: string, options: { readonly force: boolean }): Promise<void>;
  delete(
    reference: string,
    options: { readonly force: boolean; readonly volumes: boolean; readonly link: boolean },
  ): Promise<void>;
  /** Registered when this returns. */
  wait(reference: string, condition: WaitCondition, options: { readonly signal: AbortSignal }): Waiting;
  resize(reference: string, size: TerminalSize): Promise<void>;

  list(query: ListQuery): Promise<readonly ContainerView[]>;
  inspect(reference: string, options: { readonly size: boolean }): Promise<ContainerDetails>;
  logs(
    reference: string,
    query: LogQuery,
    options: { readonly signal: AbortSignal },
  ): { readonly tty: boolean; readonly lines: AsyncIterable<LogLine> };
  attach(reference: string, request: AttachRequest): Promise<StreamSession>;

  /** @throws not-found for a container or a path that is not there, internal */
  archiveInfo(reference: string, path: string): Promise<PathStat>;
  /** A path and all below it. @throws as `archiveInfo` */
  archive(reference: string, path: string): Promise<PathArchive>;
  /** Unpacks a tar stream; done when this returns. @throws as `archiveInfo`, invalid-argument for what is no directory or read-only */
  extract(reference: string, request: ExtractRequest): Promise<void>;
  /** The root file system without volumes. @throws conflict when the container is being removed or dead */
  export(reference: string): Promise<ArchiveStream>;
  /** What is not as in the image, in the order of paths. */
  changes(reference: string): Promise<readonly PathChange[]>;

  execCreate(reference: string, request: ExecRequest): Promise<ExecId>;
  /** Fails before any stream exists (unknown, stopped, paused …); what goes wrong later comes in the session's output. */
  execStart(id: string, request: ExecStartRequest): Promise<StreamSession>;
  execStartDetached(id: string): Promise<void>;
  execInspect(id: string): ExecDetails;
  execResize(id: string, size: TerminalSize): Promise<void>;

  /** Writes the state of the container's processes down. @throws not-implemented without `--experimental`; conflict, internal */
  checkpointCreate(reference: string, request: CheckpointRequest): Promise<void>;
  /** Names. @throws not-implemented without `--experimental` */
  checkpointList(reference: string, directory: string | undefined): Promise<readonly string[]>;
  checkpointDelete(reference: string, checkpoint: CheckpointReference): Promise<void>;
  /** Makes an image of the container; gives its id. @throws not-found, conflict, invalid-argument */
  commit(reference: string, request: CommitRequest): Promise<ImageId>;
  /** Limits and restart policy of `asked`; zero values change nothing. */
  update(reference: string, asked: HostConfig): Promise<{ readonly warnings: readonly string[] }>;
  /** `psArguments` empty for the default (`-ef`). @throws conflict when it does not run */
  top(reference: string, psArguments: string): Promise<ProcessTable>;
  /** What it uses, once or (`stream`) once a second until it is removed. @throws invalid-argument */
  stats(reference: string, request: StatsRequest): AsyncIterable<ContainerStats>;
  /** Removes what does not run. @throws conflict while another prune is under way */
  prune(filters: Readonly<Record<string, readonly string[]>>): Promise<PruneReport>;

  /** Names of the devices that CDI documents describe at the moment (`vendor.com/class=name`). */
  cdiDevices(): readonly string[];

  /** By state, for `/info`. */
  counts(): { readonly running: number; readonly paused: number; readonly stopped: number };
}
