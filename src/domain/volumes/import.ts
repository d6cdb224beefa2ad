// SPDX-License-Identifier: Apache-2.0
import type { Compression } from '../../adapters/compression/index.ts';
import type { StagedVolume, VolumeStore } from '../../adapters/store/index.ts';
import { EngineError, isKind } from '../../base/errors.ts';
import { now } from '../../base/time.ts';
import type { TarEntry } from '../../spec/tar/entry.ts';
import { readTar, type TarPart } from '../../spec/tar/read.ts';
import { packingOf, peekStream } from '../images/index.ts';
import { isPlain, LOCAL, noSuchVolume, type VolumeCatalog } from './catalog.ts';
import { saying } from './create.ts';
import type { ExportVolumeDeps } from './export.ts';
import { checkVolumeName } from './volume-name.ts';
import type { Volume, VolumeImport } from './volumes.ts';

export interface ImportVolumeDeps extends Pick<ExportVolumeDeps, 'files' | 'idMaps'> {
  readonly catalog: VolumeCatalog;
  readonly store: Pick<VolumeStore, 'stage' | 'mountpoint'>;
  readonly compression: Compression;
}

const conflict = (text: string): EngineError => new EngineError('conflict', text);

/** @throws conflict when the name is taken; invalid-argument for a bad one */
export const checkNew = (catalog: VolumeCatalog, name: string): void => {
  checkVolumeName(name);
  if (catalog.find(name)) throw conflict(`volume name '${name}' is already in use`);
};

/** The volume whose files are to be replaced. @throws not-found; invalid-argument; conflict */
const findReplaceable = (catalog: VolumeCatalog, name: string): Volume => {
  const volume = catalog.find(name);
  if (!volume) throw noSuchVolume(name);
  if (!isPlain(volume))
    throw new EngineError('invalid-argument', 'only local volumes without options can be replaced');
  const holders = catalog.holders(name);
  if (holders.length > 0) throw conflict(`volume is in use - [${holders.join(', ')}]`);
  if (catalog.isRead(name)) throw conflict('volume is in use - [its files are being exported or cloned]');
  return volume;
};

/** Makes a staged volume the one called `name`. @throws conflict when somebody was faster */
export const keepNew = async (
  catalog: VolumeCatalog,
  staged: StagedVolume,
  volume: Volume,
): Promise<Volume> => {
  using _lock = await catalog.locks.lock(volume.name);
  checkNew(catalog, volume.name);
  await catalog.keep(volume, staged);
  return volume;
};

/** The largest id that a file can belong to: chown(2) takes the one above it for `as it is`. */
const LARGEST_ID = 0xffff_fffe;

/** @throws invalid-argument for an entry that no file system has a place for */
const checkEntry = ({ name, type, uid, gid }: TarEntry): void => {
  if (type === 'other')
    throw new EngineError('invalid-argument', `the archive has an entry of an unknown type: ${name}`);
  for (const id of [uid, gid])
    if (id < 0 || id > LARGEST_ID)
      throw new EngineError('invalid-argument', `the archive has an entry of an impossible owner: ${name}`);
};

async function* partsOf(
  { compression }: ImportVolumeDeps,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<TarPart> {
  const { head, whole } = await peekStream(content);
  if (head.length === 0) throw new EngineError('invalid-argument', 'the archive is empty');
  for await (const part of readTar(compression.unpack(packingOf(head), whole, signal))) {
    signal.throwIfAborted();
    checkEntry(part.entry);
    yield part;
  }
}

/** The directory `staged` as the archive says. */
const fill = async (
  deps: ImportVolumeDeps,
  directory: string,
  { content, signal }: VolumeImport,
): Promise<void> => {
  using view = deps.files.openDirectory(directory, deps.idMaps);
  const request = { directory: '/', keepKinds: false, withTop: true };
  await view.unpack(partsOf(deps, content, signal), request);
  signal.throwIfAborted();
};

const replaceFiles = async (
  { catalog }: ImportVolumeDeps,
  name: string,
  staged: StagedVolume,
): Promise<Volume> => {
  using _lock = await catalog.locks.lock(name);
  const volume = findReplaceable(catalog, name);
  await staged.replace(volume.name);
  return volume;
};

const newVolume = ({ store }: ImportVolumeDeps, name: string, labels: Volume['labels']): Volume => ({
  name,
  driver: LOCAL,
  mountpoint: store.mountpoint(name),
  created: now(),
  anonymous: false,
  ...(labels && { labels }),
});

/**
 * Makes a volume from a tar stream, packed or not, or puts the archive's files in the place of those of a volume that nobody has.
 * All of it or, when anything is wrong or the client hangs up, nothing.
 * @throws invalid-argument for what is no archive; conflict; not-found; insufficient-storage
 */
export const importVolume = async (
  deps: ImportVolumeDeps,
  name: string,
  request: VolumeImport,
): Promise<Volume> =>
  saying(`import ${name}`, async () => {
    const { catalog } = deps;
    if (request.replace) findReplaceable(catalog, name);
    else checkNew(catalog, name);
    await using staged = await deps.store.stage();
    try {
      await fill(deps, staged.directory, request);
    } catch (error) {
      if (request.signal.aborted)
        throw new EngineError('cancelled', 'the client has hung up', { cause: error });
      // A link to what the archive does not have.
      if (isKind(error, 'not-found'))
        throw new EngineError('invalid-argument', error.message, { cause: error });
      if (isKind(error, 'internal') && /no space left|quota exceeded/.test(error.message))
        throw new EngineError('insufficient-storage', error.message, { cause: error });
      throw error;
    }
    const volume = request.replace
      ? await replaceFiles(deps, name, staged)
      : await keepNew(catalog, staged, newVolume(deps, name, request.labels));
    catalog.publish('import', volume);
    return volume;
  });
