// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { type ContainerId, randomId } from '../../base/ids.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import type { ActiveNetwork, EndpointPlace, PlacedEndpoint, PreparedEndpoint } from './driver.ts';
import type { FormerAddresses } from './networks.ts';

/** Driver options of an endpoint: its interface's whole name, and settings of it. */
const IFNAME = 'com.docker.network.endpoint.ifname';
export const ENDPOINT_SYSCTLS = 'com.docker.network.endpoint.sysctls';

/** Bytes of an interface's name, of `<linux/if.h>` without the closing zero. */
const NAME_LENGTH = 15;

/** Whose endpoint it is. */
export interface EndpointOwner {
  readonly container: ContainerId;
  readonly containerName: string;
}

const freeName = (prefix: string, taken: ReadonlySet<string>): string => {
  for (let number = 0; ; number += 1) {
    const name = `${prefix}${number}`;
    if (!taken.has(name)) return name;
  }
};

const interfaceName = (
  active: ActiveNetwork,
  place: EndpointPlace,
  request: EndpointRequest | undefined,
  taken: ReadonlySet<string>,
): string => {
  if (place.hostLink === '') return '';
  const asked = request?.driverOpts?.[IFNAME] ?? '';
  const { name = '', prefix = '' } = place.given ?? {};
  if (asked === '' && name !== '') return name;
  if (asked === '') return freeName(prefix || active.interfacePrefix, taken);
  if (Buffer.byteLength(asked) <= NAME_LENGTH) return asked;
  throw new EngineError(
    'internal',
    `failed to add interface ${place.hostLink} to sandbox: error renaming interface ${place.hostLink} to ${asked}: numerical result out of range`,
  );
};

const keptOf = (request: EndpointRequest | undefined): Pick<PlacedEndpoint, 'request'> => {
  if (!request) return {};
  const { aliases, links, driverOpts, gwPriority } = request;
  return { request: { aliases, links, driverOpts, gwPriority } };
};

/** Takes a place in a network, the `prepared` one if there is one, for an endpoint beside `others`. The caller lets go of it by `active.detach`. */
export const placeEndpoint = (
  active: ActiveNetwork,
  owner: EndpointOwner,
  request: EndpointRequest | undefined,
  others: readonly PlacedEndpoint[],
  prepared?: PreparedEndpoint,
  former?: FormerAddresses,
): PlacedEndpoint => {
  const place = prepared ? prepared.reserve() : active.reserve(request, former);
  try {
    const taken = new Set(others.map(({ interfaceName: name }) => name));
    return {
      id: prepared?.id ?? randomId(),
      network: active.network.id,
      networkName: active.network.name,
      ...owner,
      ...place,
      interfaceName: interfaceName(active, place, request, taken),
      ...keptOf(request),
    };
  } catch (error) {
    active.detach(place);
    throw error;
  }
};
