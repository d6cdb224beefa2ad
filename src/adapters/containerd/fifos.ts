// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, mkdirSync, openSync, readdirSync, readSync, rmSync, rmdirSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { isKind } from '../../base/errors.ts';
import { errnoOf } from '../../sys/errno.ts';
import { makeFifo } from '../../sys/fifo.ts';
import type { Stdio, StdioFactory, StdioRequest } from './stdio.ts';
import type { StdioPaths } from './tasks.ts';

/** Opened so, a FIFO waits for nobody. Our stdin end reads too: then it may be open before the shim's. */
const READ_END = constants.O_RDONLY | constants.O_NONBLOCK;
const WRITE_END = constants.O_RDWR | constants.O_NONBLOCK;
/** Bytes read at once to find out whether anybody writes: what a FIFO holds by default. */
const PROBE_SIZE = 64 * 1024;

type StreamName = 'stdin' | 'stdout' | 'stderr';

const streamsOf = (request: StdioRequest): readonly StreamName[] => [
  ...(request.stdin ? (['stdin'] as const) : []),
  ...(request.stdout ? (['stdout'] as const) : []),
  ...(request.stderr && !request.terminal ? (['stderr'] as const) : []),
];

const pathsOf = (request: StdioRequest): StdioPaths => {
  const paths = streamsOf(request).map((name) => [name, join(request.directory, `${request.name}-${name}`)]);
  return {
    ...(Object.fromEntries(paths) as Partial<Record<StreamName, string>>),
    terminal: request.terminal,
  };
};

const openReader = (path: string): Socket =>
  new Socket({ fd: openSync(path, READ_END), readable: true, writable: false });

const openWriter = (path: string): Socket =>
  new Socket({ fd: openSync(path, WRITE_END), readable: false, writable: true });

/**
 * Opens a FIFO that a process may long have left. A FIFO without writers reads as ended, but the kernel wakes a waiting
 * reader only after a writer has come and gone; so the first read happens here, and what it finds is put back.
 */
const reopenReader = (path: string): Socket => {
  const fd = openSync(path, READ_END);
  const found = Buffer.alloc(PROBE_SIZE);
  let size: number;
  try {
    size = readSync(fd, found);
  } catch (error) {
    if (errnoOf(error) === 'EAGAIN') return new Socket({ fd, readable: true, writable: false });
    closeSync(fd);
    throw error;
  }
  const socket = new Socket({ fd, readable: true, writable: false });
  if (size > 0) socket.unshift(found.subarray(0, size));
  else socket.push(null);
  return socket;
};

const removeFiles = ({ stdin, stdout, stderr }: StdioPaths, directory: string): void => {
  for (const path of [stdin, stdout, stderr]) if (path !== undefined) rmSync(path, { force: true });
  try {
    rmdirSync(directory);
  } catch (error) {
    // Other processes have their FIFOs there still, or somebody else removed it.
    if (errnoOf(error) !== 'ENOTEMPTY' && errnoOf(error) !== 'ENOENT') throw error;
  }
};

/** Resolves when the stream has given its descriptor back. */
const closed = async (stream: Socket): Promise<void> => {
  if (stream.closed) return;
  const gone = new Promise<void>((resolve) => stream.once('close', resolve));
  stream.destroy();
  await gone;
};

const joinStreams = (request: StdioRequest, paths: StdioPaths, reader: (path: string) => Socket): Stdio => {
  const opened: Partial<Record<StreamName, Socket>> = {};
  const streams = (): readonly Socket[] => Object.values(opened);
  try {
    for (const name of streamsOf(request)) {
      const path = paths[name] as string;
      const stream = name === 'stdin' ? openWriter(path) : reader(path);
      // A broken pipe at stdin is the process's way to say that it wants no more.
      stream.on('error', () => undefined);
      opened[name] = stream;
    }
  } catch (error) {
    for (const stream of streams()) stream.destroy();
    throw error;
  }
  return {
    paths,
    ...opened,
    detach: () => {
      for (const stream of streams()) stream.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(streams().map(closed));
      removeFiles(paths, request.directory);
    },
  };
};

const createFifos = (request: StdioRequest): Stdio => {
  const paths = pathsOf(request);
  mkdirSync(request.directory, { recursive: true, mode: 0o700 });
  try {
    for (const name of streamsOf(request)) makeFifo(paths[name] as string, 0o700);
    return joinStreams(request, paths, openReader);
  } catch (error) {
    // What stands there already belongs to another process.
    if (!isKind(error, 'conflict')) removeFiles(paths, request.directory);
    throw error;
  }
};

const reopenFifos = (request: StdioRequest): Stdio | undefined => {
  try {
    return joinStreams(request, pathsOf(request), reopenReader);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const findFifos = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFIFO())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
};

const awakenWaiting = (directory: string): Disposable => {
  // A second writer of an output would hide its end from whoever reads it; of an input it keeps the end away, which is well.
  const descriptors = findFifos(directory).map((path) =>
    openSync(path, path.endsWith('-stdin') ? WRITE_END : READ_END),
  );
  return {
    [Symbol.dispose]: () => {
      for (const descriptor of descriptors) closeSync(descriptor);
    },
  };
};

/** Standard streams over named pipes, read and written by the event loop. */
export const createStdioFactory = (): StdioFactory => ({
  create: createFifos,
  reopen: reopenFifos,
  awaken: awakenWaiting,
});
