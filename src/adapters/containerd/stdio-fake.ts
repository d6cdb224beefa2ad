// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from 'node:stream';
import { EngineError } from '../../base/errors.ts';
import type { Stdio, StdioFactory, StdioRequest } from './stdio.ts';
import type { StdioPaths } from './tasks.ts';

/** Pipes in memory under the paths that FIFOs would have: one end is Berth's, the other the fake process's. */
export interface FakePipes extends StdioFactory {
  /** The pipe at `path`; `undefined` when there is none. */
  pipe(path: string | undefined): PassThrough | undefined;
}

const pathsOf = (request: StdioRequest): StdioPaths => {
  const at = (stream: string): string => `${request.directory}/${request.name}-${stream}`;
  return {
    ...(request.stdin ? { stdin: at('stdin') } : {}),
    ...(request.stdout ? { stdout: at('stdout') } : {}),
    ...(request.stderr && !request.terminal ? { stderr: at('stderr') } : {}),
    terminal: request.terminal,
  };
};

const listOf = ({ stdin, stdout, stderr }: StdioPaths): readonly string[] =>
  [stdin, stdout, stderr].filter((path) => path !== undefined);

export const createFakePipes = (): FakePipes => {
  const pipes = new Map<string, PassThrough>();
  const end = (name: 'stdin' | 'stdout' | 'stderr', path: string | undefined) => {
    const pipe = path === undefined ? undefined : pipes.get(path);
    return pipe === undefined ? {} : { [name]: pipe };
  };
  const stdioOf = (paths: StdioPaths): Stdio => ({
    paths,
    ...end('stdin', paths.stdin),
    ...end('stdout', paths.stdout),
    ...end('stderr', paths.stderr),
    detach: () => undefined,
    [Symbol.asyncDispose]: async () => {
      for (const path of listOf(paths)) {
        pipes.get(path)?.destroy();
        pipes.delete(path);
      }
    },
  });
  return {
    pipe: (path) => (path === undefined ? undefined : pipes.get(path)),
    create: (request) => {
      const paths = pathsOf(request);
      for (const path of listOf(paths)) {
        if (pipes.has(path)) throw new EngineError('conflict', `mkfifo ${path}: EEXIST`);
        pipes.set(path, new PassThrough());
      }
      return stdioOf(paths);
    },
    reopen: (request) => {
      const paths = pathsOf(request);
      return listOf(paths).every((path) => pipes.has(path)) ? stdioOf(paths) : undefined;
    },
    awaken: () => ({ [Symbol.dispose]: () => undefined }),
  };
};
