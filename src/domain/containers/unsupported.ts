// SPDX-License-Identifier: Apache-2.0
import type { ContainerConfig } from '../../spec/container-config.ts';
import type { HostConfig } from '../../spec/host-config.ts';

type Asked = (config: ContainerConfig, hostConfig: HostConfig) => boolean;

const any = (value: object | undefined): boolean => Object.keys(value ?? {}).length > 0;

/**
 * What a create body may hold and this engine does not do yet. Nothing of it is dropped in silence: the answer's
 * warnings name it. An entry goes when its part is built.
 */
const NOT_YET: Readonly<Record<string, Asked>> = {
  'HostConfig.StorageOpt': (_, host) => any(host.storageOpt),
};

/** A warning for each part of the request that is kept but has no effect yet. */
export const unsupportedWarnings = (config: ContainerConfig, hostConfig: HostConfig): readonly string[] =>
  Object.entries(NOT_YET)
    .filter(([, isAsked]) => isAsked(config, hostConfig))
    .map(([field]) => `${field} is not supported yet and has no effect.`);
