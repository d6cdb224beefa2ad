// SPDX-License-Identifier: Apache-2.0
import { closeSync, fstatSync } from 'node:fs';
import type { Timestamp } from '../../base/time.ts';
import type { IdMaps } from '../../spec/id-maps.ts';
import type { TarPart } from '../../spec/tar/read.ts';
import type { FileStat, FileView, PackRequest, UnpackRequest } from './container-files.ts';
import { tried } from './file-error.ts';
import { followLinks } from './follow-links.ts';
import { nameFile } from './open-file.ts';
import { packTree } from './pack.ts';
import { unpackTree } from './unpack.ts';

/**
 * The tree below an open directory, which the view owns from now on. `release` comes after it is closed. `idMaps` are those of
 * the container's user namespace.
 */
export const viewOf = (root: number, release: () => void = () => undefined, idMaps?: IdMaps): FileView => {
  let isOpen = true;
  return {
    stat: (path: string): FileStat =>
      tried('lstat', path, () => {
        using file = nameFile(root, path);
        const { size, mode, mtimeNs } = fstatSync(file.fd, { bigint: true });
        return { size: Number(size), mode: Number(mode), modifiedAt: mtimeNs as Timestamp };
      }),
    followLinks: (path, missing) => followLinks(root, path, missing),
    pack: (request: PackRequest) => packTree(root, request, idMaps),
    unpack: async (parts: AsyncIterable<TarPart>, request: UnpackRequest) =>
      unpackTree(root, parts, request, idMaps),
    [Symbol.dispose]: () => {
      if (!isOpen) return;
      isOpen = false;
      closeSync(root);
      release();
    },
  };
};
