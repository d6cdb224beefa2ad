// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Config } from './config.ts';
import { realPath } from './real-path.ts';

/** Where everything of one daemon lies. Names beneath the data root are dockerd's where other programs read them. */
export interface Paths {
  readonly dataRoot: string;
  readonly execRoot: string;
  /** `containers/<id>/` with their documents and logs. */
  readonly containers: string;
  readonly volumes: string;
  readonly eventDatabase: string;
  readonly networkDatabase: string;
  /** FIFOs and namespaces of running containers: gone with a reboot. */
  readonly runDirectory: string;
  readonly namespaces: string;
  /** Mount points that live a moment. */
  readonly views: string;
  /** Parts of volumes and images, mounted for containers that run. */
  readonly runMounts: string;
  /** The OCI runtime's own state. */
  readonly runtimeRoot: string;
  /** Socket of the containerd in use. */
  readonly containerdSocket: string;
  /** Socket, configuration and log of a containerd of our own. */
  readonly containerdFolder: string;
  readonly containerdRoot: string;
  readonly containerdState: string;
}

/** `config` with the data root as clients are told of it: without links, as dockerd has it. */
export const withRealRoot = (config: Config): Config => ({ ...config, dataRoot: realPath(config.dataRoot) });

/** The places that a configuration chooses, whose data root is real. */
export const pathsOf = ({
  dataRoot,
  execRoot,
  containerd,
}: Pick<Config, 'dataRoot' | 'execRoot' | 'containerd'>): Paths => {
  const place = realPath(execRoot);
  const containerdFolder = join(place, 'containerd');
  return {
    dataRoot,
    execRoot,
    containers: join(dataRoot, 'containers'),
    volumes: join(dataRoot, 'volumes'),
    eventDatabase: join(dataRoot, 'events.db'),
    networkDatabase: join(dataRoot, 'network.db'),
    runDirectory: join(execRoot, 'run'),
    namespaces: join(execRoot, 'netns'),
    views: join(place, 'views'),
    runMounts: join(place, 'mounts'),
    runtimeRoot: join(place, 'runtime-runc'),
    containerdSocket:
      containerd === '' ? join(containerdFolder, 'containerd.sock') : containerd.replace(/^unix:\/\//, ''),
    containerdFolder,
    containerdRoot: join(dataRoot, 'containerd', 'daemon'),
    containerdState: join(containerdFolder, 'daemon'),
  };
};
