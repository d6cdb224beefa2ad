// SPDX-License-Identifier: Apache-2.0
import { type Ip, parseIp } from '../../spec/ip.ts';
import type { EndpointPlace, NamespaceSite } from './driver.ts';

/** The endpoint's routers for what leaves its networks, of each family for which it is the way out. */
export const waysOut = (place: EndpointPlace, isWayOut: NamespaceSite['isWayOut']): readonly Ip[] =>
  [isWayOut.ipv4 ? place.gateway : '', isWayOut.ipv6 ? place.ipv6Gateway : ''].flatMap(
    (text) => parseIp(text) ?? [],
  );
