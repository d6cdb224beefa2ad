// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { hostname } from 'node:os';
import { Disposer } from '../../base/disposal.ts';
import { type ContainerId, randomId } from '../../base/ids.ts';
import { now, type Timestamp } from '../../base/time.ts';
import { containerConfig } from '../../spec/container-config.ts';
import type { ImageId } from '../../spec/digest.ts';
import type { Platform } from '../../spec/platform.ts';
import type { Image, Rootfs } from '../images/index.ts';
import type { Container, MountPoint } from './container.ts';
import type { CreateRequest } from './containers.ts';
import type { Core } from './core.ts';
import { reserveGeneratedName } from './generate-name.ts';
import { nameEndpoints } from './name-endpoints.ts';
import { reserveLinkNames } from './links/link-names.ts';
import { isLayeredFile } from './layered-file.ts';
import { markRootfs } from './mark-rootfs.ts';
import { fillVolumes } from './fill-volumes.ts';
import { checkBindSources, makeMountPoints } from './mount-sources.ts';
import { parseName } from './name-table.ts';
import { appArmorProfile } from './oci-spec/armor.ts';
import { type ContainerPlan, planContainer } from './plan-container.ts';
import { isUnmapped, rootOwnerOf } from './user-namespace.ts';

export type CreateDeps = Pick<
  Core,
  | 'config'
  | 'host'
  | 'images'
  | 'volumes'
  | 'networks'
  | 'logs'
  | 'ledger'
  | 'holds'
  | 'rootfs'
  | 'cleanups'
  | 'store'
  | 'mounts'
  | 'idMaps'
  | 'mountDirectory'
  | 'log'
>;

const NO_IMAGE = '' as ImageId;

/** What a container without an image starts from: an empty file system. */
const scratch = (platform: Platform): Image => ({
  id: NO_IMAGE,
  config: containerConfig.zero,
  platform,
  author: '',
  comment: '',
  dockerVersion: '',
  diffIds: [],
  history: [],
  size: 0,
  repoTags: [],
  repoDigests: [],
});

const findImage = (deps: CreateDeps, request: CreateRequest): Image => {
  const { image } = request.config;
  if (image === '') return scratch({ os: 'linux', architecture: deps.host.architecture });
  return deps.images.resolve(image, request.platform);
};

const plan = (deps: CreateDeps, request: CreateRequest, id: ContainerId, image: Image): ContainerPlan =>
  planContainer(request, {
    id,
    image: image.id === NO_IMAGE ? undefined : image,
    config: deps.config.current,
    host: deps.host,
    hostName: hostname(),
    logs: deps.logs,
    resolve: (reference) => deps.ledger.resolve(reference),
    ...(deps.idMaps && { idMaps: deps.idMaps }),
  });

const reserveName = (
  deps: CreateDeps,
  asked: string | undefined,
  id: ContainerId,
): { readonly name: string; readonly reservation: Disposable } => {
  const { names } = deps.ledger;
  if ((asked ?? '') === '') return reserveGeneratedName(names, id);
  const name = parseName(asked ?? '');
  return { name, reservation: names.reserve(name, id) };
};

interface Made {
  readonly id: ContainerId;
  readonly name: string;
  readonly created: Timestamp;
  readonly image: Image;
  readonly mountPoints: readonly MountPoint[];
  readonly endpoints: Container['endpoints'];
  readonly appArmorProfile: string;
}

const newContainer = (made: Made, planned: ContainerPlan): Container => ({
  schema: 1,
  id: made.id,
  name: made.name,
  created: made.created,
  path: planned.path,
  args: planned.args,
  config: planned.config,
  hostConfig: planned.hostConfig,
  imageId: made.image.id,
  platform: made.image.platform.os,
  state: { status: 'created' },
  restartCount: 0,
  hasBeenStarted: false,
  manuallyStopped: false,
  mountPoints: made.mountPoints,
  ...(planned.links.length > 0 && { links: planned.links }),
  endpoints: made.endpoints,
  networkIds: {},
  appArmorProfile: made.appArmorProfile,
});

/** @throws internal as Docker words it, for a working directory that is none */
const checkWorkingDirectory = ({ config }: Container, { lowerDirectories }: Rootfs): void => {
  if (config.workingDir !== '' && isLayeredFile(lowerDirectories, config.workingDir))
    throw new EngineError('internal', `Cannot mkdir: ${config.workingDir} is not a directory`);
};

/** The container's writable layer; on a failure `acquired` removes it again. */
const prepareRootfs = async (
  deps: CreateDeps,
  container: Container,
  image: Image,
  acquired: Disposer,
): Promise<Rootfs> => {
  const { id, hostConfig } = container;
  acquired.defer(async () => {
    deps.rootfs.delete(id);
    await deps.images.removeRootfs(id);
  });
  const rootfs = await deps.images.prepareRootfs(id, image, { unmapped: isUnmapped(hostConfig) });
  markRootfs(rootfs, rootOwnerOf(deps, container));
  checkWorkingDirectory(container, rootfs);
  deps.rootfs.set(id, rootfs);
  return rootfs;
};

/**
 * Makes a container: all of it or, on a failure, nothing.
 * @throws not-found for an unknown image; conflict for a taken name; invalid-argument and others for a bad request;
 * insufficient-storage when the disk is full
 */
export const createContainer = async (
  deps: CreateDeps,
  request: CreateRequest,
  { signal }: { readonly signal: AbortSignal },
): Promise<{ readonly id: string; readonly warnings: readonly string[] }> => {
  await deps.cleanups.room();
  signal.throwIfAborted();
  const id = randomId<ContainerId>();
  const image = findImage(deps, request);
  // Held from here on, so that the image can't go while its file system is being prepared.
  using _image = deps.images.hold(image.id, { container: id, isRunning: () => false });
  const planned = plan(deps, request, id, image);
  const endpoints = nameEndpoints(deps, planned.endpoints);
  await checkBindSources(planned.mounts);

  await using acquired = new Disposer();
  const { name, reservation } = reserveName(deps, request.name, id);
  acquired.use(reservation);
  acquired.defer(async () => deps.store.remove(id));
  using making = new DisposableStack();
  const mountPoints = await makeMountPoints(planned.mounts, { ...deps, id, making }, acquired);
  const container = newContainer(
    {
      id,
      name,
      created: now(),
      image,
      mountPoints,
      endpoints,
      appArmorProfile: appArmorProfile(planned.hostConfig, deps.host),
    },
    planned,
  );
  acquired.use(reserveLinkNames(deps.ledger.names, container, deps.log));
  acquired.use(deps.holds.take(container));
  const filled = prepareRootfs(deps, container, image, acquired).then(async (rootfs) =>
    fillVolumes(deps, planned.mounts, mountPoints, rootfs),
  );
  // Two writes to the disk, beside each other.
  await deps.ledger.record(container, 'create', {}, filled);
  acquired.move();
  return { id, warnings: planned.warnings };
};
