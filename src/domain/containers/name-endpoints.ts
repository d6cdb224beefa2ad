// SPDX-License-Identifier: Apache-2.0
import { joinErrors } from '../../spec/join-errors.ts';
import { EngineError, isKind } from '../../base/errors.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import type { Network } from '../networks/index.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';

const find = (networks: Pick<Core['networks'], 'resolve'>, reference: string): Network | undefined => {
  try {
    return networks.resolve(reference);
  } catch (error) {
    if (isKind(error, 'not-found', 'invalid-argument')) return undefined;
    throw error;
  }
};

const check = (
  networks: Pick<Core['networks'], 'checkEndpoint'>,
  { id, name, predefined }: Network,
  request: EndpointRequest,
): void => {
  const errors = predefined ? [] : networks.checkEndpoint(id, request);
  if (errors.length === 0) return;
  const text = `invalid config for network ${name}: invalid endpoint settings:\n${joinErrors(errors)}`;
  throw new EngineError('invalid-argument', text);
};

/**
 * A new container's places, by the names of their networks though the client may have given ids; what they ask is
 * checked. Whether a network that is not there comes to be shows at the start.
 * @throws invalid-argument `invalid config for network X: …`
 */
export const nameEndpoints = (
  { networks }: { readonly networks: Pick<Core['networks'], 'resolve' | 'checkEndpoint'> },
  endpoints: Container['endpoints'],
): Container['endpoints'] =>
  Object.fromEntries(
    Object.entries(endpoints).map(([reference, request]) => {
      const network = find(networks, reference);
      if (network) check(networks, network, request);
      return [network?.name ?? reference, request];
    }),
  );
