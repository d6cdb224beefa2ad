// SPDX-License-Identifier: Apache-2.0
import type { IdRange } from '../../../spec/id-maps.ts';
import type { RuntimeIdMapping, RuntimeLinux, RuntimeSpec } from '../../../spec/oci-runtime.ts';
import { blockIO } from './block-io.ts';
import { boundingCapabilities } from './capabilities.ts';
import { cgroupsPath } from './cgroups.ts';
import { deviceNodes, deviceRules } from './devices.ts';
import { mounts, rootPropagation } from './mounts.ts';
import { namespaces } from './namespaces.ts';
import type { SpecInput } from './oci-spec.ts';
import { containerProcess } from './process.ts';
import { DEFAULT_MASKED_PATHS, DEFAULT_READONLY_PATHS } from './protected-paths.ts';
import { resourceShares } from './resources.ts';
import { seccompFilter } from './seccomp.ts';
import { parseSecurityOptions } from './security-options.ts';
import { sysctls } from './sysctls.ts';

/** Where the shim mounts the root file system, seen from the bundle. */
const ROOT = 'rootfs';

const present = <Part extends object>(part: Part): { [Key in keyof Part]: Exclude<Part[Key], undefined> } =>
  Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Part]: Exclude<Part[Key], undefined>;
  };

const mappings = (ranges: readonly IdRange[]): readonly RuntimeIdMapping[] =>
  ranges.map(({ containerId, hostId, size }) => ({ containerID: containerId, hostID: hostId, size }));

const idMappings = ({ userNamespace }: SpecInput): Pick<RuntimeLinux, 'uidMappings' | 'gidMappings'> =>
  userNamespace
    ? { uidMappings: mappings(userNamespace.maps.uids), gidMappings: mappings(userNamespace.maps.gids) }
    : {};

const protectedPaths = ({ container }: SpecInput): Pick<RuntimeLinux, 'maskedPaths' | 'readonlyPaths'> => {
  const { privileged, maskedPaths, readonlyPaths } = container.hostConfig;
  if (privileged) return {};
  return {
    maskedPaths: maskedPaths ?? DEFAULT_MASKED_PATHS,
    readonlyPaths: readonlyPaths ?? DEFAULT_READONLY_PATHS,
  };
};

const seccomp = ({ container: { hostConfig }, host }: SpecInput): RuntimeLinux['seccomp'] =>
  seccompFilter(
    parseSecurityOptions(hostConfig.securityOpt).seccomp,
    hostConfig.privileged,
    host,
    boundingCapabilities(hostConfig, host.capabilities),
  );

/**
 * The OCI runtime spec of one run, for a bundle whose `rootfs` the shim mounts. Numbers beyond 2^53 in it are bigints:
 * write it with `stringify` of base/json.
 * @throws EngineError for options that only show to be wrong here (security options, seccomp profile, tmpfs options)
 */
export const buildSpec = (input: SpecInput): RuntimeSpec => {
  const { config, hostConfig } = input.container;
  const all = mounts(input);
  const linux: RuntimeLinux = {
    namespaces: namespaces(input),
    ...idMappings(input),
    devices: deviceNodes(input),
    cgroupsPath: cgroupsPath(input),
    resources: present({
      devices: deviceRules(input),
      ...resourceShares(hostConfig, input.host),
      blockIO: blockIO(input),
    }),
    sysctl: sysctls(input),
    ...present({ seccomp: seccomp(input), rootfsPropagation: rootPropagation(all) }),
    ...protectedPaths(input),
  };
  return {
    ociVersion: '1.0.2',
    process: containerProcess(input),
    root: { path: ROOT, readonly: hostConfig.readonlyRootfs },
    ...(hostConfig.utsMode === 'host' ? {} : { hostname: config.hostname }),
    mounts: all,
    ...(hostConfig.annotations ? { annotations: hostConfig.annotations } : {}),
    linux,
  };
};
