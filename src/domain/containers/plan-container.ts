// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type ContainerId, shortId } from '../../base/ids.ts';
import type { ContainerConfig } from '../../spec/container-config.ts';
import { type EndpointRequest, endpointRequest } from '../../spec/endpoint-settings.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import type { IdMaps } from '../../spec/id-maps.ts';
import type { Image } from '../images/index.ts';
import type { Logs } from '../logs/index.ts';
import type { Container, ContainerLink } from './container.ts';
import type { CreateRequest } from './containers.ts';
import type { ContainersConfig } from './deps.ts';
import { fillHostDefaults } from './host-defaults.ts';
import { planLinks } from './links/linked.ts';
import { mergeConfig, programOf } from './merge-config.ts';
import { planMounts } from './mount-points.ts';
import { networkDonor, validateEndpoints, validateNetworkMode } from './network-mode.ts';
import type { HostFacts } from './oci-spec/oci-spec.ts';
import type { PlannedMount } from './planned-mount.ts';
import { checkUserNamespace } from './user-namespace.ts';
import { checkStorageOptions } from './storage-options.ts';
import { validateConfig } from './validate-config.ts';
import { validateHostConfig } from './validate-host.ts';
import { checkResources } from './validate-resources.ts';
import { inheritedMounts } from './volumes-from.ts';

/** A create body, checked, merged with its image and completed: all that is decided before anything is made. */
export interface ContainerPlan {
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  readonly path: string;
  readonly args: readonly string[];
  readonly mounts: readonly PlannedMount[];
  readonly endpoints: Readonly<Record<string, EndpointRequest>>;
  readonly links: readonly ContainerLink[];
  readonly warnings: readonly string[];
}

/** What a plan is made from beside the request. */
export interface PlanContext {
  readonly id: ContainerId;
  readonly image: Pick<Image, 'config'> | undefined;
  readonly config: ContainersConfig;
  readonly host: HostFacts;
  /** The machine's own name, which containers in the host's network carry. */
  readonly hostName: string;
  readonly logs: Pick<Logs, 'validate' | 'withDefaults'>;
  /** The daemon's user namespace. */
  readonly idMaps?: IdMaps;
  /** @throws not-found */
  readonly resolve: (reference: string) => Container;
}

const validate = (request: CreateRequest, context: PlanContext): void => {
  validateConfig(request.config);
  validateHostConfig(request.hostConfig, {
    host: context.host,
    runtimes: Object.keys(context.config.runtimes),
  });
  validateNetworkMode(request.config, request.hostConfig);
  validateEndpoints(request.networking.endpointsConfig ?? {});
  checkStorageOptions(request.hostConfig.storageOpt);
  context.logs.validate(context.logs.withDefaults(request.hostConfig.logConfig));
};

const hostname = (asked: string, networkMode: string, context: PlanContext): string => {
  if (asked !== '') return asked;
  return networkMode === 'host' ? context.hostName : shortId(context.id);
};

/** A donor of a network goes by its full id; whether it exists shows at the start. */
const networkMode = (mode: string, { resolve }: PlanContext): string => {
  const donor = networkDonor(mode);
  if (donor === undefined) return mode;
  try {
    return `container:${resolve(donor).id}`;
  } catch {
    return mode;
  }
};

/** The networks to join: those the client describes, else the one that the mode names. */
const endpoints = (
  request: CreateRequest,
  hostConfig: HostConfig,
): Readonly<Record<string, EndpointRequest>> => {
  if (networkDonor(hostConfig.networkMode) !== undefined) return {};
  const asked = Object.entries(request.networking.endpointsConfig ?? {});
  if (asked.length === 0) return { [hostConfig.networkMode]: endpointRequest.zero };
  return Object.fromEntries(asked.map(([name, each]) => [name === 'default' ? 'bridge' : name, each]));
};

const mountWarnings = ({ mounts }: HostConfig): readonly string[] =>
  (mounts ?? []).filter(({ type }) => type === 'image').map(() => 'Image mount is an experimental feature');

const portWarnings = ({ networkMode: mode, portBindings }: HostConfig): readonly string[] =>
  mode === 'host' && Object.keys(portBindings ?? {}).length > 0
    ? ['Published ports are discarded when using host network mode']
    : [];

/** @throws invalid-argument and others in Docker's words; nothing has been made when it does */
export const planContainer = (request: CreateRequest, context: PlanContext): ContainerPlan => {
  validate(request, context);
  const checked = checkResources(request.hostConfig, context.host);
  checkUserNamespace(request.hostConfig, context.idMaps);
  const filled = fillHostDefaults(checked.hostConfig, context);
  const hostConfig = {
    ...filled,
    networkMode: networkMode(filled.networkMode, context),
    logConfig: context.logs.withDefaults(filled.logConfig),
  };
  const merged = context.image ? mergeConfig(request.config, context.image.config) : request.config;
  const config = {
    ...merged,
    labels: merged.labels ?? {},
    hostname: hostname(merged.hostname, hostConfig.networkMode, context),
  };
  const program = programOf(config);
  if (!program) throw new EngineError('invalid-argument', 'no command specified');
  return {
    config,
    hostConfig,
    ...program,
    mounts: planMounts(
      config,
      hostConfig,
      context.config.dataRoot,
      inheritedMounts(hostConfig.volumesFrom ?? [], context.resolve),
    ),
    endpoints: endpoints(request, hostConfig),
    links: planLinks(hostConfig, context.resolve),
    warnings: [
      ...request.warnings,
      ...mountWarnings(hostConfig),
      ...checked.warnings,
      ...portWarnings(hostConfig),
    ],
  };
};
