// SPDX-License-Identifier: Apache-2.0
import { closeSync, constants, openSync } from 'node:fs';
import { O_PATH, openInRoot } from '../../sys/openat2.ts';

/** An open file that is closed with its scope. */
export interface OpenFile extends Disposable {
  readonly fd: number;
}

const held = (fd: number): OpenFile => {
  let isOpen = true;
  return {
    fd,
    [Symbol.dispose]: () => {
      // The number may be another file's by the second time.
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
};

/** A path that starts at an open directory, so that nobody can exchange what leads to it. Its last part may still be a link. */
export const inside = (directory: number, name: string): string => `/proc/self/fd/${directory}/${name}`;

/** The path of an open file itself. */
export const self = (fd: number): string => `/proc/self/fd/${fd}`;

/** Names a file without opening it; a link itself unless `path` ends in a slash or a dot. @throws by errno */
export const nameFile = (root: number, path: string): OpenFile =>
  held(openInRoot(root, path, O_PATH | constants.O_NOFOLLOW));

/** Names the directory at `path`, links followed within `root`. @throws by errno */
export const nameDirectory = (root: number, path: string): OpenFile =>
  held(openInRoot(root, path, O_PATH | constants.O_DIRECTORY));

/** Opens `path` within `root` by flags of open(2). @throws by errno */
export const openPath = (root: number, path: string, flags: number): OpenFile =>
  held(openInRoot(root, path, flags));

/** Names a directory right below an open one; a link is refused (ENOTDIR). */
export const nameChild = (directory: number, name: string): OpenFile =>
  held(openSync(inside(directory, name), O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW));

/** Opens a file right below an open directory; never a link, never waiting for a FIFO's other end. */
export const openChild = (directory: number, name: string, flags: number, mode = 0): OpenFile =>
  held(openSync(inside(directory, name), flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, mode));
