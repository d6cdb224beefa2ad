// SPDX-License-Identifier: Apache-2.0
import type { Container } from '../../domain/containers/index.ts';
import type { Sandbox } from '../../domain/networks/index.ts';
import type { HostBinding } from '../../spec/port.ts';

/** True when the container's ports are not the engine's to publish. */
const sharesNetwork = (mode: string): boolean =>
  mode === 'host' || mode === 'none' || mode.startsWith('container:');

/** A running container's ports by `80/tcp`, in order; those that are only exposed have no bindings. */
const portsOf = (
  container: Container,
  sandbox: Sandbox | undefined,
): ReadonlyMap<string, readonly HostBinding[]> => {
  if (!sandbox || sandbox.hidesPorts === true || sharesNetwork(container.hostConfig.networkMode))
    return new Map();
  const exposed = Object.keys(container.config.exposedPorts ?? {}).map((key) => [key, []] as const);
  const published = sandbox.ports.map(
    ({ port, bindings }) => [`${port.number}/${port.protocol}`, bindings] as const,
  );
  return new Map(
    [...new Map<string, readonly HostBinding[]>([...exposed, ...published])].toSorted(([one], [other]) =>
      one < other ? -1 : 1,
    ),
  );
};

/** Engine API, `PortMap`: `null` for a port that is exposed but not published. */
export const portMapBody = (container: Container, sandbox: Sandbox | undefined): object =>
  Object.fromEntries(
    [...portsOf(container, sandbox)].map(([key, bindings]) => [
      key,
      bindings.length === 0
        ? null
        : bindings.map(({ address, port }) => ({ HostIp: address, HostPort: String(port) })),
    ]),
  );

/** Engine API, `Port[]` of the container list. */
export const portListBody = (container: Container, sandbox: Sandbox | undefined): readonly object[] =>
  [...portsOf(container, sandbox)].flatMap(([key, bindings]) => {
    const [number, Type] = key.split('/');
    const PrivatePort = Number(number);
    if (bindings.length === 0) return [{ PrivatePort, Type }];
    return bindings.map(({ address, port }) => ({ IP: address, PrivatePort, PublicPort: port, Type }));
  });
