// SPDX-License-Identifier: Apache-2.0
import { messageOf } from '../../base/errors.ts';
import type { PlacedEndpoint } from './driver.ts';
import { publishedEndpoint } from './gateways.ts';
import { portTargetOf } from './sandbox-record.ts';
import type { LiveSandbox, SandboxDeps } from './live-sandbox.ts';
import { type LivePort, type PublishDeps, holdBindings, mergePorts, publishPorts } from './publish-ports.ts';

export interface MovePortsDeps extends SandboxDeps {
  readonly publishing: PublishDeps;
}

/** How ports of one network are published: it may have a host address of its own. */
export const publishingFor = (
  deps: MovePortsDeps,
  endpoint: Pick<PlacedEndpoint, 'network'>,
): PublishDeps => {
  const own = deps.networks.get(endpoint.network)?.hostAddress ?? '';
  return own === '' ? deps.publishing : { ...deps.publishing, defaultHostAddress: own };
};

/** The same ports of the host for another address, or the first ones. */
const holdAt = (
  deps: MovePortsDeps,
  { record }: LiveSandbox,
  endpoint: PlacedEndpoint,
): readonly LivePort[] => {
  const publishing = publishingFor(deps, endpoint);
  const address = endpoint.ipv4Address;
  if (record.ports.length === 0) return publishPorts(publishing, record.publish ?? [], address);
  using held = new DisposableStack();
  const live = record.ports.map(({ port, bindings }) =>
    held.use(holdBindings(publishing, { address, port }, bindings)),
  );
  held.move();
  return live;
};

/**
 * Brings the ports of a sandbox to the endpoint by which packets leave now. The container goes on without them when
 * they are not to be had any more: that is told of.
 */
export const movePorts = (deps: MovePortsDeps, sandbox: LiveSandbox): void => {
  const { record } = sandbox;
  const target = publishedEndpoint(deps, record.endpoints);
  const address = target?.ipv4Address ?? '';
  if ((record.publish ?? []).length === 0 || address === record.publishedTo) return;
  if (record.publishedTo !== '') {
    deps.firewall.withdraw(record.ports, portTargetOf(record));
    sandbox.hold([]);
  }
  if (!target) {
    sandbox.change({ ...record, ports: [], publishedTo: '' });
    return;
  }
  try {
    const live = holdAt(deps, sandbox, target);
    sandbox.hold(live);
    const published = live.map((port) => port.published);
    deps.firewall.publish(published, { ipv4: address, ipv6: '' });
    sandbox.change({ ...record, ports: mergePorts(published), publishedTo: address });
  } catch (error) {
    deps.log.warn('ports could not be published at another network', {
      container: record.container,
      error: messageOf(error),
    });
    sandbox.change({ ...record, ports: [], publishedTo: '' });
  }
};
