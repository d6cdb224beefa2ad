// SPDX-License-Identifier: Apache-2.0
import type { NetworkCreateRequest } from './networks.ts';
import type { NetworksConfig } from './networks-config.ts';

/** The request with the daemon's own options for networks of its driver, where it says nothing else. */
export const withDefaultOptions = (
  request: NetworkCreateRequest,
  driver: string,
  { defaultNetworkOptions }: Pick<NetworksConfig, 'defaultNetworkOptions'>,
): NetworkCreateRequest => {
  const defaults = defaultNetworkOptions?.[driver];
  // What a network has from another one it has whole.
  if (!defaults || request.configFrom !== '') return request;
  return { ...request, options: { ...defaults, ...request.options } };
};
