// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import {
  type Codec,
  bool,
  int64,
  pointer,
  slice,
  string,
  struct,
  type Infer,
} from '../../../base/go-json.ts';
import type { EndpointId, NetworkId } from '../../../base/ids.ts';
import { seconds } from '../../../base/time.ts';
import { type Plugin, isUnknownMethod } from '../../plugins/index.ts';
import { askPlugin } from './ask-plugin.ts';

/** How long a network plugin may take. */
const CALL = { patience: seconds(60), retry: true };

/** A subnet as network drivers are told of it. */
export interface SubnetData {
  readonly addressSpace: string;
  readonly pool: string;
  /** With the length of the prefix; empty for none. */
  readonly gateway: string;
  readonly auxiliaryAddresses: Readonly<Record<string, string>>;
}

/** Addresses with the length of their prefix; empty for none. */
export interface EndpointInterface {
  readonly address: string;
  readonly addressIPv6: string;
  readonly macAddress: string;
}

/** Labels and options, each driver's own. */
export type PluginOptions = Readonly<Record<string, unknown>>;

const plain = struct('Response', { err: string });
const capabilities = struct('GetCapabilityResponse', {
  err: string,
  scope: string,
  connectivityScope: string,
});
const interfaceShape = struct('EndpointInterface', {
  address: string,
  addressIPv6: string,
  macAddress: string,
});
const endpointAnswer = struct('CreateEndpointResponse', { err: string, interface: pointer(interfaceShape) });
const joinAnswer = struct('JoinResponse', {
  err: string,
  interfaceName: pointer(struct('InterfaceName', { srcName: string, dstName: string, dstPrefix: string })),
  gateway: string,
  gatewayIPv6: string,
  staticRoutes: slice(struct('StaticRoute', { destination: string, routeType: int64, nextHop: string })),
  disableGatewayService: bool,
});

/** What a plugin says of an endpoint that joins a container. */
export type JoinAnswer = Infer<typeof joinAnswer>;

const dataOf = ({ addressSpace, pool, gateway, auxiliaryAddresses }: SubnetData): object => ({
  AddressSpace: addressSpace,
  ...(Object.keys(auxiliaryAddresses).length > 0 && { AuxAddresses: auxiliaryAddresses }),
  ...(gateway !== '' && { Gateway: gateway }),
  Pool: pool,
});

/** Ids of an endpoint, as all its calls name it. */
export const endpointBody = (network: NetworkId, endpoint: EndpointId): object => ({
  NetworkID: network,
  EndpointID: endpoint,
});

const SCOPES: ReadonlySet<string> = new Set(['local', 'global']);

const checkScope = (scope: string, shown: string): void => {
  if (!SCOPES.has(scope))
    throw new EngineError('internal', `invalid capability: expecting 'local' or 'global', got ${shown}`);
};

/** A plugin as a network driver. Source: NetworkDriver protocol, networks-volumes-plugins.md §8.1. All @throws as `askPlugin` */
export class NetworkPlugin {
  readonly #plugin: Plugin;
  #scope: Promise<boolean> | undefined;

  constructor(plugin: Plugin) {
    this.#plugin = plugin;
  }

  /** Whether its networks are those of a cluster; asked once, until it answers. */
  async isGlobal(): Promise<boolean> {
    const scope = this.#scope ?? this.#askScope();
    this.#scope = scope;
    try {
      return await scope;
    } catch (error) {
      this.#scope = undefined;
      throw error;
    }
  }

  async #askScope(): Promise<boolean> {
    const { scope, connectivityScope } = await this.#ask('GetCapabilities', {}, capabilities);
    checkScope(scope, scope);
    if (connectivityScope !== '') checkScope(connectivityScope, scope);
    return scope === 'global';
  }

  async createNetwork(
    network: NetworkId,
    options: PluginOptions,
    data: { readonly ipv4: readonly SubnetData[]; readonly ipv6: readonly SubnetData[] },
  ): Promise<void> {
    const [ipv4, ipv6] = [data.ipv4.map(dataOf), data.ipv6.map(dataOf)];
    const body = { NetworkID: network, Options: options, IPv4Data: ipv4, IPv6Data: ipv6 };
    await this.#ask('CreateNetwork', body, plain);
  }

  /** Gives what the plugin adds to the addresses. */
  async createEndpoint(
    network: NetworkId,
    endpoint: EndpointId,
    asked: EndpointInterface,
    options: PluginOptions,
  ): Promise<EndpointInterface> {
    const { address, addressIPv6, macAddress } = asked;
    const given = await this.#ask(
      'CreateEndpoint',
      {
        ...endpointBody(network, endpoint),
        Interface: { Address: address, AddressIPv6: addressIPv6, MacAddress: macAddress },
        Options: options,
      },
      endpointAnswer,
    );
    return given.interface ?? { address: '', addressIPv6: '', macAddress: '' };
  }

  async join(
    network: NetworkId,
    endpoint: EndpointId,
    sandboxKey: string,
    options: PluginOptions,
  ): Promise<JoinAnswer> {
    const body = { ...endpointBody(network, endpoint), SandboxKey: sandboxKey, Options: options };
    return this.#ask('Join', body, joinAnswer);
  }

  /** Lets the endpoint reach, and be reached from, what is outside its network. Older plugins do not know this. */
  async programExternalConnectivity(
    network: NetworkId,
    endpoint: EndpointId,
    options: PluginOptions,
  ): Promise<void> {
    const body = { ...endpointBody(network, endpoint), Options: options };
    await this.#ask('ProgramExternalConnectivity', body, plain).catch((error: unknown) => {
      if (!isUnknownMethod(error)) throw error;
    });
  }

  /** Plugins expect to be asked; nothing of what they say is shown. */
  async endpointOperInfo(network: NetworkId, endpoint: EndpointId): Promise<void> {
    await this.#ask('EndpointOperInfo', endpointBody(network, endpoint), plain);
  }

  async #ask<Answer extends { readonly err: string }>(
    verb: string,
    body: object,
    answer: Codec<Answer>,
  ): Promise<Answer> {
    return askPlugin(this.#plugin, `NetworkDriver.${verb}`, body, answer, CALL);
  }
}
