// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path';
import { EngineError } from '../../base/errors.ts';
import type { NetworkNamespaces } from './netns.ts';

/** Namespaces in memory. `current` and `pathOf` tell a fake of netlink where it is. */
export interface FakeNetworkNamespaces extends NetworkNamespaces {
  /** Path of the namespace that the caller is in; empty at home. */
  current(): string;
  /** Path of the namespace that an open file names. */
  pathOf(fd: number): string;
  /** Open files that were not disposed of. */
  readonly openFiles: number;
}

/** Names the namespace that the thread is in. */
const OWN = '/proc/self/ns/net';

/** `onRemove` is told when a namespace ends. */
export const createFakeNetworkNamespaces = (
  onRemove: (path: string) => void = () => undefined,
): FakeNetworkNamespaces => {
  const paths = new Set<string>();
  const open = new Map<number, string>();
  const entered = [''];
  const counter = { fd: 100 };

  const mustExist = (path: string): void => {
    if (!paths.has(path)) throw new EngineError('not-found', `no network namespace at ${path}`);
  };
  const remove = (path: string): void => {
    if (paths.delete(path)) onRemove(path);
  };
  const enter = <Result>(path: string, inside: () => Result): Result => {
    entered.push(path);
    try {
      return inside();
    } finally {
      entered.pop();
    }
  };

  return {
    adopt: (path, source, inside) => {
      if (paths.has(path)) throw new EngineError('conflict', `EEXIST: file already exists, open '${path}'`);
      mustExist(source);
      paths.add(path);
      try {
        return enter(path, inside);
      } catch (error) {
        remove(path);
        throw error;
      }
    },
    create: (path, inside) => {
      if (paths.has(path)) throw new EngineError('conflict', `EEXIST: file already exists, open '${path}'`);
      paths.add(path);
      try {
        return enter(path, inside);
      } catch (error) {
        remove(path);
        throw error;
      }
    },
    run: (path, inside) => {
      mustExist(path);
      return enter(path, inside);
    },
    open: (path) => {
      if (path !== OWN) mustExist(path);
      const fd = counter.fd++;
      open.set(fd, path === OWN ? (entered.at(-1) ?? '') : path);
      return { fd, [Symbol.dispose]: () => void open.delete(fd) };
    },
    exists: (path) => paths.has(path),
    remove,
    list: (folder) => [...paths].filter((path) => dirname(path) === folder),
    current: () => entered.at(-1) ?? '',
    pathOf: (fd) => open.get(fd) ?? '',
    get openFiles() {
      return open.size;
    },
  };
};
