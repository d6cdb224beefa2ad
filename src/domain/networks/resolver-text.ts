// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../adapters/host-network/index.ts';
import type { NamedSandbox, SandboxRequest } from './networks.ts';
import type { NetworksConfig } from './networks-config.ts';
import { type ResolverOverrides, internalResolver, resolvConf } from './resolv-conf.ts';

/** How a sandbox resolves names; `naming` when the engine itself answers there. */
export interface ResolverSetup {
  readonly text: string;
  readonly naming?: Pick<NamedSandbox, 'upstreams' | 'holdsSingleLabels'>;
}

const overridesOf = (dns: SandboxRequest['dns'], config: NetworksConfig): ResolverOverrides => {
  const pick = (own: readonly string[] | undefined, daemons: readonly string[]): readonly string[] =>
    own !== undefined && own.length > 0 ? own : daemons;
  return {
    servers: pick(dns?.servers, config.dns),
    search: pick(dns?.search, config.dnsSearch),
    options: pick(dns?.options, config.dnsOptions),
  };
};

/**
 * The resolver of a sandbox by the kind of its networks. One in the host's own network sees the host's resolver as it
 * is, unless something overrides it.
 */
export const resolverSetup = (
  deps: { readonly hostNetwork: HostNetwork; readonly config: NetworksConfig },
  dns: SandboxRequest['dns'],
  kind: 'host' | 'internal' | 'legacy',
): ResolverSetup => {
  const host = deps.hostNetwork.resolverConfiguration();
  const own = overridesOf(dns, deps.config);
  if (kind === 'internal') return internalResolver(host, own);
  const untouched = own.servers.length + own.search.length + own.options.length === 0;
  return { text: kind === 'host' && untouched ? host.text : resolvConf(host, own) };
};
