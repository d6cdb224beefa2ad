// SPDX-License-Identifier: Apache-2.0
import type { Container } from '../../domain/containers/index.ts';
import type { Sandbox, SandboxPorts } from '../../domain/networks/index.ts';
import type { HostBinding } from '../../spec/port.ts';

const shift = ({ address, port }: HostBinding, offset: number): HostBinding => ({
  address,
  port: port === 0 ? 0 : port + offset,
});

/** True when the container's ports are not the engine's to publish. */
const sharesNetwork = (mode: string): boolean =>
  mode === 'host' || mode === 'none' || mode.startsWith('container:');

/** Every port of a range by itself. */
const expand = ({
  port,
  count = 1,
  bindings,
}: SandboxPorts): readonly (readonly [key: string, bindings: readonly HostBinding[]])[] =>
  Array.from({ length: count }, (_, offset) => [
    `${port.number + offset}/${port.protocol}`,
    offset === 0 ? bindings : bindings.map((binding) => shift(binding, offset)),
  ]);

/** A running container's ports by `80/tcp`, in order; those that are only exposed have no bindings. */
const portsOf = (
  container: Container,
  sandbox: Sandbox | undefined,
): ReadonlyMap<string, readonly HostBinding[]> => {
  if (!sandbox || sandbox.hidesPorts === true || sharesNetwork(container.hostConfig.networkMode))
    return new Map();
  const exposed = Object.keys(container.config.exposedPorts ?? {}).map((key) => [key, []] as const);
  const ports = new Map<string, readonly HostBinding[]>(exposed);
  for (const published of sandbox.ports)
    for (const [key, bindings] of expand(published)) ports.set(key, [...(ports.get(key) ?? []), ...bindings]);
  return new Map([...ports].toSorted(([one], [other]) => (one < other ? -1 : 1)));
};

/** Engine API, `PortMap`: `null` for a port that is exposed but not published. */
export const portMapBody = (container: Container, sandbox: Sandbox | undefined): object =>
  Object.fromEntries(
    [...portsOf(container, sandbox)].map(([key, bindings]) => [
      key,
      bindings.length === 0
        ? null
        : bindings.map(({ address, port }) => ({
            HostIp: address,
            HostPort: port === 0 ? '' : String(port),
          })),
    ]),
  );

/** Engine API, `Port[]` of the container list. */
export const portListBody = (container: Container, sandbox: Sandbox | undefined): readonly object[] =>
  [...portsOf(container, sandbox)].flatMap(([key, bindings]) => {
    const [number, Type] = key.split('/');
    const PrivatePort = Number(number);
    if (bindings.length === 0) return [{ PrivatePort, Type }];
    return bindings.map(({ address, port }) => ({
      IP: address,
      PrivatePort,
      ...(port !== 0 && { PublicPort: port }),
      Type,
    }));
  });
