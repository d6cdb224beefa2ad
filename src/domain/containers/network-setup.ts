// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { together } from '../../base/async.ts';
import type { Disposer } from '../../base/disposal.ts';
import type { Sandbox } from '../networks/index.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import { hostsFile } from './hosts-file.ts';
import { linkedHosts, linkedLines } from './links/linked-hosts.ts';
import { openLinkedPorts } from './links/refresh-links.ts';
import type { DonatedNamespaces } from './namespace-donors.ts';
import type { SpecInput } from './oci-spec/oci-spec.ts';
import { parsePort, publishRequests } from './ports.ts';
import { idMapsOf } from './user-namespace.ts';

export type NetworkSetupDeps = Pick<Core, 'networks' | 'store' | 'idMaps' | 'ledger' | 'runs'>;

/** The network side of a run: what the spec needs of it, and the sandbox when the container has its own. */
export interface NetworkSetup {
  readonly sandbox?: Sandbox;
  readonly spec: Pick<SpecInput, 'networkNamespace' | 'hostnamePath' | 'hostsPath' | 'resolvConfPath'>;
}

/** Where a container's network files lie. */
export const networkFiles = (
  deps: { readonly store: Pick<Core['store'], 'directory'> },
  id: string,
): { readonly hostnamePath: string; readonly hostsPath: string; readonly resolvConfPath: string } => {
  const directory = deps.store.directory(id);
  return {
    hostnamePath: join(directory, 'hostname'),
    hostsPath: join(directory, 'hosts'),
    resolvConfPath: join(directory, 'resolv.conf'),
  };
};

const HOST_HOSTS = '/etc/hosts';

const hostsText = async (deps: NetworkSetupDeps, container: Container, sandbox: Sandbox): Promise<string> => {
  const { hostConfig } = container;
  const extra = hostConfig.extraHosts ?? [];
  if (hostConfig.networkMode === 'host' && extra.length === 0)
    return readFile(HOST_HOSTS, 'utf8').catch(() => hostsFile([], [], ''));
  const links = linkedLines(linkedHosts(deps, container));
  return hostsFile(extra, [...links, ...sandbox.hostsLines], deps.networks.hostGateway);
};

const writeFiles = async (deps: NetworkSetupDeps, container: Container, sandbox: Sandbox): Promise<void> => {
  const { id, config } = container;
  const hosts = await hostsText(deps, container, sandbox);
  await together([
    deps.store.writeFile(id, 'hostname', `${config.hostname}\n`),
    deps.store.writeFile(id, 'hosts', hosts),
    deps.store.writeFile(id, 'resolv.conf', sandbox.resolvConf),
  ]);
};

/** Builds the run's network, or joins another container's. What was built is owned by `acquired`. */
export const setUpNetwork = async (
  deps: NetworkSetupDeps,
  container: Container,
  donated: DonatedNamespaces,
  acquired: Disposer,
): Promise<NetworkSetup> => {
  const { id, name, config, hostConfig, endpoints, addresses, networkIds } = container;
  if (donated.network) {
    const { path, donor } = donated.network;
    return { spec: { networkNamespace: path, ...networkFiles(deps, donor.id) } };
  }
  if (config.networkDisabled) return { spec: {} };
  const awaitsProcess = idMapsOf(deps, container) !== undefined;
  const sandbox = acquired.use(
    await deps.networks.createSandbox({
      container: id,
      containerName: name,
      hostname: config.hostname,
      domainname: config.domainname,
      // Who was taken out of all of its networks is in none.
      networkMode: Object.keys(endpoints).length > 0 ? hostConfig.networkMode : '',
      endpoints,
      networkIds,
      ...(addresses && { former: addresses }),
      publish: publishRequests(config, hostConfig),
      exposed: Object.keys(config.exposedPorts ?? {}).map(parsePort),
      awaitsProcess,
      dns: {
        servers: hostConfig.dns ?? [],
        search: hostConfig.dnsSearch ?? [],
        options: hostConfig.dnsOptions ?? [],
      },
    }),
  );
  openLinkedPorts(deps, container);
  await writeFiles(deps, container, sandbox);
  const { namespacePath } = sandbox;
  return {
    sandbox,
    spec: {
      ...(namespacePath !== undefined && !awaitsProcess && { networkNamespace: namespacePath }),
      ...networkFiles(deps, id),
    },
  };
};
