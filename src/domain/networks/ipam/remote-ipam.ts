// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { type Codec, bool, decodeDocument, map, string, struct } from '../../../base/go-json.ts';
import { seconds } from '../../../base/time.ts';
import { type IpPrefix, parseIpPrefix } from '../../../spec/ip.ts';
import type { Plugin } from '../../plugins/index.ts';
import { askPlugin } from '../remote/ask-plugin.ts';

/** How long an IPAM plugin may take. */
const CALL = { patience: seconds(60), retry: true };

/** Type of a request for an address, and the one of a network's gateway. */
export const ADDRESS_TYPE = 'RequestAddressType';
export const GATEWAY = 'com.docker.network.gateway';
/** An endpoint's MAC address, for plugins that give addresses by it. */
export const MAC_ADDRESS = 'com.docker.network.endpoint.macaddress';

export type IpamOptions = Readonly<Record<string, string>>;

export interface PoolRequest {
  readonly addressSpace: string;
  /** Subnet and range; empty for what the plugin chooses. */
  readonly pool: string;
  readonly subPool: string;
  readonly options: IpamOptions;
  readonly v6: boolean;
}

export interface RemotePool {
  readonly id: string;
  readonly subnet: IpPrefix;
  /** What the plugin says besides, such as its gateway. */
  readonly data: IpamOptions;
}

/** A plugin that gives subnets and addresses. Source: IpamDriver protocol, networks-volumes-plugins.md §8.1. */
export interface RemoteIpam {
  readonly name: string;
  readonly requiresMacAddress: boolean;
  /** It forgets what it gave when it ends: the engine asks for all of it again. */
  readonly requiresReplay: boolean;
  /** Its name for the addresses of this host. */
  readonly addressSpace: string;
  /** @throws as `askPlugin` */
  requestPool(request: PoolRequest): Promise<RemotePool>;
  /** `options` of an address that nothing is said of are null. @throws as `askPlugin` */
  requestAddress(pool: string, address: string, options?: IpamOptions): Promise<IpPrefix>;
}

const capabilities = struct('GetCapabilityResponse', {
  error: string,
  requiresMACAddress: bool,
  requiresRequestReplay: bool,
});
const addressSpaces = struct('GetAddressSpacesResponse', { error: string, localDefaultAddressSpace: string });
const poolAnswer = struct('RequestPoolResponse', {
  error: string,
  poolID: string,
  pool: string,
  data: map(string),
});
const addressAnswer = struct('RequestAddressResponse', { error: string, address: string });

const readPrefix = (text: string): IpPrefix => {
  const prefix = parseIpPrefix(text);
  if (prefix) return prefix;
  throw new EngineError('internal', `invalid CIDR address: ${text}`);
};

const NO_CAPABILITIES = decodeDocument(capabilities, {});

/** Asks a plugin what it can, and gives it. One that knows no capabilities has none. @throws as `askPlugin` */
export const createRemoteIpam = async (plugin: Plugin): Promise<RemoteIpam> => {
  const ask = async <Answer extends { readonly error: string }>(
    verb: string,
    body: object,
    answer: Codec<Answer>,
  ): Promise<Answer> => askPlugin(plugin, `IpamDriver.${verb}`, body, answer, CALL);
  const can = await ask('GetCapabilities', {}, capabilities).catch(() => NO_CAPABILITIES);
  const spaces = await ask('GetDefaultAddressSpaces', {}, addressSpaces);
  return {
    name: plugin.name,
    requiresMacAddress: can.requiresMACAddress,
    requiresReplay: can.requiresRequestReplay,
    addressSpace: spaces.localDefaultAddressSpace,
    requestPool: async ({ addressSpace, pool, subPool, options, v6 }) => {
      const body = { AddressSpace: addressSpace, Pool: pool, SubPool: subPool, Options: options, V6: v6 };
      const given = await ask('RequestPool', body, poolAnswer);
      return { id: given.poolID, subnet: readPrefix(given.pool), data: given.data ?? {} };
    },
    requestAddress: async (pool, address, options) => {
      const body = { PoolID: pool, Address: address, Options: options ?? null };
      const given = await ask('RequestAddress', body, addressAnswer);
      if (given.address === '') throw new EngineError('internal', 'no address returned');
      return readPrefix(given.address);
    },
  };
};
