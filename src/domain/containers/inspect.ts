// SPDX-License-Identifier: Apache-2.0
import type { Rootfs } from '../images/index.ts';
import type { Container } from './container.ts';
import { containerSizes } from './container-sizes.ts';
import type { ContainerDetails, ContainerView } from './containers.ts';
import type { Core } from './core.ts';
import { linksOf } from './links/linked.ts';
import { logSubject } from './log-subject.ts';
import { networkDonor } from './network-mode.ts';
import { networkFiles } from './network-setup.ts';

export type InspectDeps = Pick<
  Core,
  'ledger' | 'runs' | 'images' | 'logs' | 'store' | 'execs' | 'rootfs' | 'driverName'
>;

/** The container and what its present run adds. */
export const viewOf = (deps: Pick<Core, 'runs' | 'ledger'>, container: Container): ContainerView => {
  const sandbox = deps.runs.get(container.id)?.sandbox;
  const names = deps.ledger.names.namesOf(container.id);
  return {
    container,
    ...(sandbox && { sandbox }),
    ...(names.length > 1 && { names }),
    ...(container.links && { links: linksOf(deps, container) }),
  };
};

const graphData = (rootfs: Rootfs): Readonly<Record<string, string>> => {
  const upper = rootfs.upperDirectory;
  if (upper === undefined) return {};
  return {
    LowerDir: rootfs.lowerDirectories.join(':'),
    MergedDir: upper.replace(/\/fs$/, '/merged'),
    UpperDir: upper,
    WorkDir: rootfs.workDirectory ?? '',
  };
};

/** Where the layers lie; asked of containerd once, as they do not change. */
const findRootfs = async (deps: InspectDeps, { id }: Container): Promise<Rootfs | undefined> => {
  const known = deps.rootfs.get(id);
  if (known) return known;
  try {
    const found = await deps.images.rootfs(id);
    deps.rootfs.set(id, found);
    return found;
  } catch {
    return undefined;
  }
};

const NO_FILES = { hostnamePath: '', hostsPath: '', resolvConfPath: '' };

const files = (
  deps: InspectDeps,
  container: Container,
): Pick<ContainerDetails, 'hostnamePath' | 'hostsPath' | 'resolvConfPath' | 'logPath'> => {
  if (!container.hasBeenStarted) return { ...NO_FILES, logPath: '' };
  const donor = networkDonor(container.hostConfig.networkMode);
  return {
    ...networkFiles(deps, donor ?? container.id),
    logPath: deps.logs.path(logSubject(deps, container)),
  };
};

/** Everything about one container. */
export const inspectContainer = async (
  deps: InspectDeps,
  reference: string,
  { size }: { readonly size: boolean },
): Promise<ContainerDetails> => {
  const container = deps.ledger.resolve(reference);
  const [rootfs, sizes] = await Promise.all([
    findRootfs(deps, container),
    size ? containerSizes(deps, container) : undefined,
  ]);
  const execIds = deps.execs.idsOf(container.id);
  const data = rootfs && graphData(rootfs);
  return {
    // Read again: it may have changed while the disk was asked.
    ...viewOf(deps, deps.ledger.get(container.id) ?? container),
    ...files(deps, container),
    ...(sizes && { sizes }),
    ...(execIds && { execIds }),
    graphDriver: { name: deps.driverName(), ...(data && { data }) },
  };
};
