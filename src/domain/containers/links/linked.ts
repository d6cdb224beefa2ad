// SPDX-License-Identifier: Apache-2.0
import { EngineError, isKind, messageOf } from '../../../base/errors.ts';
import type { HostConfig } from '../../../spec/host-config.ts';
import type { Port } from '../../../spec/port.ts';
import type { Container, ContainerLink } from '../container.ts';
import type { Core } from '../core.ts';
import { networkDonor } from '../network-mode.ts';
import { parsePort } from '../ports.ts';
import { isRunning } from '../state.ts';
import { linkEnvironment } from './link-environment.ts';
import { linkName } from './link-names.ts';
import { parseLink } from './parse-link.ts';

/** The network whose containers can be linked. */
const DEFAULT_NETWORK = 'bridge';

/** A link. Its child has the link's name, or is gone: whoever depends on it must not start as if it never had. */
export interface Linked {
  readonly alias: string;
  /** As the API shows it: `/parent/alias`. */
  readonly name: string;
  /** Without the leading slash. */
  readonly childName: string;
  readonly child?: Container;
}

const isUserDefined = (mode: string): boolean => !['', 'default', 'bridge', 'host', 'none'].includes(mode);

/** A container that shares another one's network is reached where that one is. @throws not-found */
const networkOwner = (child: Container, resolve: (reference: string) => Container): Container => {
  const donor = networkDonor(child.hostConfig.networkMode);
  return donor === undefined ? child : networkOwner(resolve(donor), resolve);
};

const findChild = (name: string, resolve: (reference: string) => Container): Container => {
  try {
    return networkOwner(resolve(name), resolve);
  } catch (error) {
    if (!isKind(error, 'not-found')) throw error;
    throw new EngineError('invalid-argument', `could not get container for ${name}: ${messageOf(error)}`);
  }
};

/**
 * The links of a container that is to be made; a network of the user's has links of its own kind, and takes none of these.
 * @throws invalid-argument for a child that is not there or lives in the host's network; internal for a bad format
 */
export const planLinks = (
  { networkMode, links }: Pick<HostConfig, 'networkMode' | 'links'>,
  resolve: (reference: string) => Container,
): readonly ContainerLink[] => {
  if (isUserDefined(networkMode)) return [];
  return (links ?? []).map((text) => {
    const { name, alias } = parseLink(text);
    const child = findChild(name, resolve);
    if (child.hostConfig.networkMode === 'host') {
      throw new EngineError(
        'invalid-argument',
        "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
      );
    }
    return { child: child.id, name: child.name, alias };
  });
};

/** The links of a container, in the order in which they were asked for, without those whose name another child took. */
export const linksOf = (
  { ledger }: Pick<Core, 'ledger'>,
  { name, links = [] }: Container,
): readonly Linked[] =>
  links.flatMap(({ child: id, name: childName, alias }) => {
    const full = linkName(name, alias);
    const child = ledger.get(id);
    if (!child) return [{ alias, name: `/${full}`, childName }];
    return ledger.names.holder(full) === id
      ? [{ alias, name: `/${full}`, childName: child.name, child }]
      : [];
  });

/** Where the container is on the default bridge; empty while it has no address there. */
export const bridgeAddress = ({ runs }: Pick<Core, 'runs'>, { id }: Container): string =>
  runs.get(id)?.sandbox?.endpoints.find(({ networkName }) => networkName === DEFAULT_NETWORK)?.ipv4Address ??
  '';

const isOnBridge = ({ endpoints, config }: Container): boolean =>
  !config.networkDisabled && (DEFAULT_NETWORK in endpoints || 'default' in endpoints);

/** What a child exposes, whether or not the host publishes it. */
export const exposedPorts = ({ config }: Container): readonly Port[] =>
  Object.keys(config.exposedPorts ?? {}).map(parsePort);

/** @throws internal */
const linkable = ({ child, childName, name }: Linked): Container => {
  if (child && !isOnBridge(child)) {
    throw new EngineError(
      'internal',
      `Cannot link to /${childName}, as it does not belong to the default network`,
    );
  }
  if (child && isRunning(child.state)) return child;
  throw new EngineError('internal', `Cannot link to a non running container: /${childName} AS ${name}`);
};

/**
 * What a process of a linked container finds in its environment; nothing outside the default bridge.
 * @throws internal when a child does not run or is not on the default bridge
 */
export const linkedEnvironment = (
  deps: Pick<Core, 'ledger' | 'runs'>,
  container: Container,
): readonly string[] => {
  if (container.links === undefined || !isOnBridge(container)) return [];
  return linksOf(deps, container).flatMap((linked) => {
    const child = linkable(linked);
    return linkEnvironment({
      name: linked.name,
      address: bridgeAddress(deps, child),
      ports: exposedPorts(child),
      environment: child.config.env ?? [],
    });
  });
};
