// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { EngineError, messageOf } from '../../base/errors.ts';
import { lockDirectory } from './directory-lock.ts';

/** Says that a data root is Berth's, and in which layout. */
const MARKER = 'berth.json';
/** The layout this version writes and understands. */
const LAYOUT = 1;

/** What dockerd, podman or containerd leave at the top of their directories. */
const FOREIGN =
  /^(?:aufs|btrfs|builder|buildkit|containerd|containers|devicemapper|engine-id|fuse-overlayfs|image|io\.containerd\..*|key\.json|libpod|network|overlay|overlay2|overlay-(?:containers|images|layers)|plugins|runtimes|storage\.lock|swarm|trust|vfs|volumes|zfs)$/;

/** A data root that is this daemon's until it is disposed of. */
export interface DataRoot extends Disposable {
  readonly path: string;
  /** The daemon's id, the same over restarts: a UUID. */
  readonly id: string;
  /** For files that are in the making; emptied at every start. */
  readonly temporary: string;
}

const refuse = (message: string): EngineError => new EngineError('conflict', message);

const refuseForeign = (path: string): void => {
  const found = readdirSync(path).filter((name) => FOREIGN.test(name));
  if (found.length > 0)
    throw refuse(
      `data root ${path} holds the data of another engine (${found.slice(0, 4).join(', ')}): choose another --data-root; nothing was changed in it`,
    );
};

const checkMarker = (path: string): boolean => {
  const file = join(path, MARKER);
  if (!existsSync(file)) return false;
  let layout: unknown;
  try {
    layout = (JSON.parse(readFileSync(file, 'utf8')) as { readonly layout?: unknown }).layout;
  } catch (cause) {
    throw new EngineError('conflict', `data root ${path} has an unreadable ${MARKER}: ${messageOf(cause)}`, {
      cause,
    });
  }
  if (typeof layout !== 'number' || layout > LAYOUT)
    throw refuse(
      `data root ${path} was written by a newer version of Berth (layout ${String(layout)}): nothing was changed in it`,
    );
  return true;
};

const writeWhole = (path: string, text: string): void => {
  writeFileSync(`${path}.tmp`, text, { mode: 0o600, flush: true });
  renameSync(`${path}.tmp`, path);
};

const readId = (path: string): string => {
  const file = join(path, 'engine-id');
  const found = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (found !== '') return found;
  const id = randomUUID();
  writeWhole(file, id);
  return id;
};

const makeTemporary = (path: string, configured: string): string => {
  const directory = configured === '' ? join(path, 'tmp') : configured;
  if (configured === '') rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
};

/**
 * Makes `path` this daemon's data root: fresh, or left by an earlier Berth. One that holds another engine's data, or that
 * a running daemon uses, is not touched.
 * @throws conflict, with what is there
 */
export const claimDataRoot = (path: string, temporary: string): DataRoot => {
  const fresh = !existsSync(path);
  if (!fresh && !checkMarker(path)) refuseForeign(path);
  mkdirSync(path, { recursive: true, mode: 0o710 });
  const lock = lockDirectory(path, 'data root');
  try {
    if (fresh) chmodSync(path, 0o710);
    if (!existsSync(join(path, MARKER)))
      writeWhole(join(path, MARKER), `${JSON.stringify({ engine: 'berth', layout: LAYOUT })}\n`);
    return {
      path,
      id: readId(path),
      temporary: makeTemporary(path, temporary),
      [Symbol.dispose]: () => lock[Symbol.dispose](),
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
};
