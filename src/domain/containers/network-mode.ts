// SPDX-License-Identifier: Apache-2.0
import { joinErrors } from '../../spec/join-errors.ts';
import { isIPv4, isIPv6 } from 'node:net';
import { EngineError } from '../../base/errors.ts';
import type { ContainerConfig } from '../../spec/container-config.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import type { HostConfig } from '../../spec/host-config.ts';

const conflicting = (text: string): EngineError =>
  new EngineError('invalid-argument', `conflicting options: ${text}`);

const JOIN = 'container:';

/** Whose network a container shares: the name or id behind `container:`, else `undefined`. */
export const networkDonor = (networkMode: string): string | undefined =>
  networkMode.startsWith(JOIN) ? networkMode.slice(JOIN.length) : undefined;

const filled = (value: object | undefined): boolean => Object.keys(value ?? {}).length > 0;

const checkDonor = (config: ContainerConfig, hostConfig: HostConfig): void => {
  if (networkDonor(hostConfig.networkMode) === '') {
    throw new EngineError(
      'invalid-argument',
      'invalid network mode: invalid container format container:<name|id>',
    );
  }
  if (config.hostname !== '') throw conflicting('hostname and the network mode');
  if (filled(hostConfig.links)) {
    throw conflicting(
      "container type network can't be used with links. This would result in undefined behavior",
    );
  }
  if (filled(hostConfig.dns)) throw conflicting('dns and the network mode');
  if (filled(hostConfig.extraHosts)) throw conflicting('custom host-to-IP mapping and the network mode');
  if (filled(hostConfig.portBindings) || hostConfig.publishAllPorts)
    throw conflicting('port publishing and the container type network mode');
  if (filled(config.exposedPorts)) throw conflicting('port exposing and the container type network mode');
};

/** Options that contradict the network mode. `config` is the client's own, before the image's is merged in. @throws invalid-argument */
export const validateNetworkMode = (config: ContainerConfig, hostConfig: HostConfig): void => {
  if (hostConfig.networkMode.startsWith(JOIN)) checkDonor(config, hostConfig);
  if (hostConfig.networkMode === 'host' && filled(hostConfig.links)) {
    throw conflicting(
      "host type networking can't be used with links. This would result in undefined behavior",
    );
  }
  if (hostConfig.utsMode === 'host' && config.hostname !== '') throw conflicting('hostname and the UTS mode');
};

const PREDEFINED = new Set(['bridge', 'host', 'none', 'default']);

const endpointErrors = (request: EndpointRequest): readonly string[] => {
  const { ipv4Address = '', ipv6Address = '' } = request.ipamConfig ?? {};
  return [
    ...(ipv4Address !== '' || ipv6Address !== ''
      ? ['user specified IP address is supported on user defined networks only']
      : []),
    ...(filled(request.aliases)
      ? ['network-scoped alias is supported only for containers in user defined networks']
      : []),
    ...(ipv4Address !== '' && !isIPv4(ipv4Address) ? [`invalid IPv4 address: ${ipv4Address}`] : []),
    ...(ipv6Address !== '' && !isIPv6(ipv6Address) ? [`invalid IPv6 address: ${ipv6Address}`] : []),
  ];
};

/** Six bytes in hexadecimal digits. */
export const MAC_ADDRESS = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;

/** What is asked of each network. @throws invalid-argument `invalid config for network X: …` */
export const validateEndpoints = (endpoints: Readonly<Record<string, EndpointRequest>>): void => {
  for (const [network, request] of Object.entries(endpoints)) {
    if (request.macAddress !== '' && !MAC_ADDRESS.test(request.macAddress)) {
      throw new EngineError(
        'invalid-argument',
        `invalid config for network ${network}: invalid MAC address ${request.macAddress}`,
      );
    }
    const errors = PREDEFINED.has(network) ? endpointErrors(request) : [];
    if (errors.length === 0) continue;
    throw new EngineError(
      'invalid-argument',
      `invalid config for network ${network}: invalid endpoint settings:\n${joinErrors(errors)}`,
    );
  }
};
