// SPDX-License-Identifier: Apache-2.0
import type { Network } from './networks.ts';
import type { NetworksConfig } from './networks-config.ts';

/** The address that `host-gateway` stands for: the configured one or the default bridge's; empty without either. */
export const hostGatewayOf = (
  { hostGatewayAddresses }: Pick<NetworksConfig, 'hostGatewayAddresses'>,
  networks: readonly Network[],
): string => {
  const preset = hostGatewayAddresses?.[0];
  if (preset !== undefined) return preset;
  return networks.find(({ name }) => name === 'bridge')?.ipam.pools?.[0]?.gateway ?? '';
};

/** Names of the engine's own drivers, and of those that networks have; sorted. */
export const driverNames = (builtIn: readonly string[], networks: readonly Network[]): readonly string[] => {
  const used = networks.filter(({ predefined }) => !predefined).map(({ driver }) => driver);
  return [...new Set([...builtIn, 'host', 'null', ...used])].toSorted();
};
