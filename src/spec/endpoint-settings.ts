// SPDX-License-Identifier: Apache-2.0
import { type Infer, int64, map, named, omitEmpty, pointer, slice, string, struct } from '../base/go-json.ts';

/** Engine API 1.51, what a client may ask of a container's place in a network. */
export const endpointRequest = struct('EndpointSettings', {
  ipamConfig: named(
    'IPAMConfig',
    pointer(
      struct('EndpointIPAMConfig', {
        ipv4Address: omitEmpty(string, 'IPv4Address'),
        ipv6Address: omitEmpty(string, 'IPv6Address'),
        linkLocalIPs: omitEmpty(slice(string), 'LinkLocalIPs'),
      }),
    ),
  ),
  links: slice(string),
  aliases: slice(string),
  macAddress: string,
  driverOpts: map(string),
  gwPriority: int64,
});

export const networkingConfig = struct('NetworkingConfig', { endpointsConfig: map(endpointRequest) });

export type EndpointRequest = Infer<typeof endpointRequest>;
export type NetworkingConfig = Infer<typeof networkingConfig>;
