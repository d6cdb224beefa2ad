// SPDX-License-Identifier: Apache-2.0
import { formatRfc3339Nano, type Timestamp, unixSeconds } from '../../base/time.ts';
import type { Container, ContainerDetails, ContainerView, Sizes } from '../../domain/containers/index.ts';
import type { Sandbox } from '../../domain/networks/index.ts';
import { containerConfig } from '../../spec/container-config.ts';
import { hostConfig } from '../../spec/host-config.ts';
import type { ApiVersion } from '../version.ts';
import { stateBody } from './container-state.ts';
import { networksBody } from './endpoint.ts';
import { listedMountsBody, mountsBody } from './mounts.ts';
import { portListBody, portMapBody } from './ports.ts';

const linksBody = (links: ContainerView['links'] = []): readonly string[] | null =>
  links.length === 0 ? null : links.map(({ name, childName }) => `/${childName}:${name}`);

const hostConfigBody = ({ container, links }: ContainerView): object => {
  const body = hostConfig.encode(container.hostConfig) as Record<string, unknown>;
  return { ...body, Links: linksBody(links), ConsoleSize: body['ConsoleSize'] ?? [0, 0] };
};

/** The addresses that stand at the top of `NetworkSettings` are those of the network `bridge` alone. */
const networkSettingsBody = (container: Container, sandbox: Sandbox | undefined, api: ApiVersion): object => {
  const endpoint = sandbox?.endpoints.find(({ networkName }) => networkName === 'bridge');
  return {
    Bridge: '',
    SandboxID: sandbox?.id ?? '',
    SandboxKey: sandbox?.key ?? '',
    Ports: portMapBody(container, sandbox),
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: endpoint?.id ?? '',
    Gateway: endpoint?.gateway ?? '',
    GlobalIPv6Address: endpoint?.ipv6Address ?? '',
    GlobalIPv6PrefixLen: endpoint?.ipv6PrefixLength ?? 0,
    IPAddress: endpoint?.ipv4Address ?? '',
    IPPrefixLen: endpoint?.ipv4PrefixLength ?? 0,
    IPv6Gateway: endpoint?.ipv6Gateway ?? '',
    MacAddress: endpoint?.macAddress ?? '',
    Networks: networksBody(container, sandbox, api),
  };
};

const pathsBody = (details: ContainerDetails): object => ({
  ResolvConfPath: details.resolvConfPath,
  HostnamePath: details.hostnamePath,
  HostsPath: details.hostsPath,
  LogPath: details.logPath,
});

const sizesBody = (sizes: Sizes | undefined): object =>
  sizes === undefined ? {} : { SizeRw: sizes.writable, SizeRootFs: sizes.root };

/** Engine API, `ContainerInspectResponse`. */
export const containerBody = (details: ContainerDetails, api: ApiVersion): object => {
  const { container, graphDriver } = details;
  return {
    Id: container.id,
    Created: formatRfc3339Nano(container.created),
    Path: container.path,
    Args: container.args,
    State: stateBody(container),
    Image: container.imageId,
    ...pathsBody(details),
    Name: `/${container.name}`,
    RestartCount: container.restartCount,
    Driver: graphDriver.name,
    Platform: container.platform,
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: container.appArmorProfile,
    ExecIDs: details.execIds ?? null,
    HostConfig: hostConfigBody(details),
    GraphDriver: { Data: graphDriver.data ?? null, Name: graphDriver.name },
    ...sizesBody(details.sizes),
    Mounts: mountsBody(container.mountPoints),
    Config: containerConfig.encode(container.config),
    NetworkSettings: networkSettingsBody(container, details.sandbox, api),
  };
};

/** The program and its arguments; those with a space stand in quotes. */
const commandText = ({ path, args }: Container): string =>
  [path, ...args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg))].join(' ');

const listedHostConfig = (
  { hostConfig: { networkMode, annotations } }: Container,
  api: ApiVersion,
): object => ({
  NetworkMode: networkMode,
  ...(api >= 46 && annotations && Object.keys(annotations).length > 0 ? { Annotations: annotations } : {}),
});

const listedSizes = (sizes: Sizes | undefined): object => ({
  ...(sizes && sizes.writable > 0 ? { SizeRw: sizes.writable } : {}),
  ...(sizes && sizes.root > 0 ? { SizeRootFs: sizes.root } : {}),
});

/** What a row of the list needs beside the container. */
export interface ListedAt {
  readonly api: ApiVersion;
  readonly moment: Timestamp;
  /** The name it was made from while that still means the same image, else the image's id. */
  imageName(container: Container): string;
}

/** What of a row stands before its status, and what behind it: neither changes by itself. */
export const listedParts = (
  { container, sandbox, sizes, names = [container.name] }: ContainerView,
  at: Pick<ListedAt, 'api' | 'imageName'>,
): readonly [before: object, behind: object] => [
  {
    Id: container.id,
    Names: names.map((name) => `/${name}`),
    Image: at.imageName(container),
    ImageID: container.imageId,
    Command: commandText(container),
    Created: unixSeconds(container.created),
    Ports: portListBody(container, sandbox),
    ...listedSizes(sizes),
    Labels: container.config.labels ?? {},
    State: container.state.status,
  },
  {
    HostConfig: listedHostConfig(container, at.api),
    NetworkSettings: { Networks: networksBody(container, sandbox, at.api) },
    Mounts: listedMountsBody(container.mountPoints),
  },
];
