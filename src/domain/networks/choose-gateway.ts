// SPDX-License-Identifier: Apache-2.0

import { GATEWAY_BRIDGE } from './gateway-bridge/name.ts';

/** What of an endpoint decides whether a container's packets leave by it. */
export interface GatewayCandidate {
  readonly networkName: string;
  readonly gateway: string;
  readonly ipv6Gateway: string;
  readonly internal: boolean;
  /** Higher ones come first. */
  readonly priority: number;
}

/** Which endpoints lead out: the same one for both families if there is one with both. */
export interface WaysOut<Candidate> {
  readonly ipv4?: Candidate;
  readonly ipv6?: Candidate;
}

const isLastResort = ({ networkName }: GatewayCandidate): boolean => networkName === GATEWAY_BRIDGE;

/** Docker's order: priority, then what is no `docker_gwbridge`, then those with both families, then by name. */
const inOrder = (one: GatewayCandidate, other: GatewayCandidate): number =>
  other.priority - one.priority ||
  Number(isLastResort(one)) - Number(isLastResort(other)) ||
  Number(isDual(other)) - Number(isDual(one)) ||
  (one.networkName < other.networkName ? -1 : 1);

const isDual = ({ gateway, ipv6Gateway }: GatewayCandidate): boolean => gateway !== '' && ipv6Gateway !== '';

/** The endpoints by which packets leave that are for none of their networks. Internal ones never are. */
export const chooseGateways = <Candidate extends GatewayCandidate>(
  candidates: readonly Candidate[],
): WaysOut<Candidate> => {
  const open = candidates.filter(({ internal }) => !internal).toSorted(inOrder);
  const dual = open.find(isDual);
  const ipv4 = dual ?? open.find(({ gateway }) => gateway !== '');
  const ipv6 = dual ?? open.find(({ ipv6Gateway }) => ipv6Gateway !== '');
  return { ...(ipv4 ? { ipv4 } : {}), ...(ipv6 ? { ipv6 } : {}) };
};
