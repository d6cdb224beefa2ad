// SPDX-License-Identifier: Apache-2.0
import { closeSync, openSync, readdirSync, statfsSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, messageOf } from '../../base/errors.ts';
import { errnoOf } from '../../sys/errno.ts';
import { MS, detachMount, mount } from '../../sys/mount.ts';
import { CLONE_NEWNET, enterNamespace, unshare } from '../../sys/namespace.ts';
import type { NetworkNamespaces, OpenNamespace } from './netns.ts';

/** The magic number of the file system that namespaces are files of (`<linux/magic.h>`). */
const NSFS_MAGIC = 0x6e73_6673;
const OWN = '/proc/thread-self/ns/net';

const exists = (path: string): boolean => {
  try {
    return statfsSync(path).type === NSFS_MAGIC;
  } catch {
    return false;
  }
};

const ignoring = (errnos: readonly string[], work: () => void): void => {
  try {
    work();
  } catch (error) {
    if (!errnos.includes(errnoOf(error) ?? '')) throw error;
  }
};

/** The kernel's namespaces. Call it, and use what it gives, on the main thread: the namespace that the thread is in now is its home. */
export const createNetworkNamespaces = (): NetworkNamespaces & Disposable => {
  const home = openSync(OWN, 'r');

  const comeHome = (): void => {
    try {
      enterNamespace(home, CLONE_NEWNET);
    } catch {
      // Every later socket of the daemon would land in a container's namespace: nothing is safer than to end.
      process.abort();
    }
  };

  const remove = (path: string): void => {
    ignoring(['EINVAL', 'ENOENT'], () => detachMount(path));
    ignoring(['ENOENT'], () => unlinkSync(path));
  };

  const open = (path: string): OpenNamespace => {
    if (!exists(path)) throw new EngineError('not-found', `no network namespace at ${path}`);
    const fd = openSync(path, 'r');
    return { fd, [Symbol.dispose]: () => closeSync(fd) };
  };

  const reserve = (path: string): void => {
    try {
      closeSync(openSync(path, 'wx', 0o444));
    } catch (cause) {
      const kind = errnoOf(cause) === 'EEXIST' ? 'conflict' : 'internal';
      throw new EngineError(kind, messageOf(cause), { cause });
    }
  };

  const create = <Result>(path: string, inside: () => Result): Result => {
    unshare(CLONE_NEWNET);
    try {
      reserve(path);
      try {
        mount({ source: OWN, target: path, flags: MS.bind });
        return inside();
      } catch (error) {
        remove(path);
        throw error;
      }
    } finally {
      comeHome();
    }
  };

  const adopt = <Result>(path: string, source: string, inside: () => Result): Result => {
    using namespace = open(source);
    reserve(path);
    try {
      // By the open file: the process whose namespace it is may end, and another one get its number.
      mount({ source: `/proc/self/fd/${namespace.fd}`, target: path, flags: MS.bind });
      return run(path, inside);
    } catch (error) {
      remove(path);
      throw error;
    }
  };

  const run = <Result>(path: string, inside: () => Result): Result => {
    using namespace = open(path);
    enterNamespace(namespace.fd, CLONE_NEWNET);
    try {
      return inside();
    } finally {
      comeHome();
    }
  };

  const list = (folder: string): readonly string[] => {
    try {
      return readdirSync(folder).map((name) => join(folder, name));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    }
  };

  return { create, adopt, run, open, exists, remove, list, [Symbol.dispose]: () => closeSync(home) };
};
