// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { ContainerConfig } from '../../spec/container-config.ts';
import type { HostConfig, PortBinding } from '../../spec/host-config.ts';
import type { Port, Protocol } from '../../spec/port.ts';
import type { PublishRequest } from '../networks/index.ts';
import { mergeRequests } from './merge-requests.ts';

const HIGHEST = 65535;

const refuse = (text: string): EngineError =>
  new EngineError('invalid-argument', `invalid port specification: ${JSON.stringify(text)}`);

const parseNumber = (text: string): number | undefined => {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : undefined;
  return number !== undefined && number <= HIGHEST ? number : undefined;
};

/** `8000` or `8000-8010`; `undefined` when it is neither. */
export const parsePortRange = (text: string): readonly [first: number, last: number] | undefined => {
  const [from = '', to = from, ...rest] = text.split('-');
  const first = parseNumber(from);
  const last = parseNumber(to);
  if (first === undefined || last === undefined || last < first || rest.length > 0) return undefined;
  return [first, last];
};

/** Most keys; the others are refused, or written otherwise. */
const USUAL = /^([1-5]?\d{1,4})\/(tcp|udp|sctp)$/;

const PROTOCOLS: ReadonlySet<string> = new Set<Protocol>(['tcp', 'udp', 'sctp']);

/** A key of `ExposedPorts` or `PortBindings`: `80/tcp`, `80`. @throws invalid-argument */
export const parsePort = (key: string): Port => {
  // Thousands of them are parsed at a start.
  const usual = USUAL.exec(key);
  if (usual) return { number: Number(usual[1]), protocol: usual[2] as Protocol };
  const [digits = '', protocol = 'tcp', ...rest] = key.split('/');
  const number = parseNumber(digits);
  if (number === undefined || rest.length > 0) throw refuse(digits);
  if (!PROTOCOLS.has(protocol.toLowerCase()))
    throw new EngineError('invalid-argument', `invalid proto: ${protocol}`);
  return { number, protocol: protocol.toLowerCase() as Protocol };
};

/** `80/tcp` */
export const formatPort = (port: Port): string => `${port.number}/${port.protocol}`;

/** @throws invalid-argument `invalid port specification: "x"` for a bad container or host port */
export const validatePortBindings = (hostConfig: Pick<HostConfig, 'portBindings'>): void => {
  for (const [key, bindings] of Object.entries(hostConfig.portBindings ?? {})) {
    parsePort(key);
    for (const { hostPort } of bindings ?? [])
      if (hostPort !== '' && !parsePortRange(hostPort)) throw refuse(hostPort);
  }
};

/** Bindings whose key is not written as most are (`80`), by the usual one. */
const oddBindings = (
  bindings: NonNullable<HostConfig['portBindings']>,
): ReadonlyMap<string, readonly PortBinding[]> =>
  new Map(
    Object.entries(bindings)
      .filter(([key]) => !USUAL.test(key))
      .map(([key, list]) => [formatPort(parsePort(key)), list ?? []]),
  );

/** Which ports are to be reached from outside: bindings of exposed ports, or all exposed ones when asked for. */
export const publishRequests = (
  config: Pick<ContainerConfig, 'exposedPorts'>,
  hostConfig: Pick<HostConfig, 'portBindings' | 'publishAllPorts'>,
): readonly PublishRequest[] => {
  const bindings = hostConfig.portBindings ?? {};
  const odd = oddBindings(bindings);
  const requests = Object.keys(config.exposedPorts ?? {}).flatMap((key): readonly PublishRequest[] => {
    const port = parsePort(key);
    const name = formatPort(port);
    const wanted = bindings[key] ?? bindings[name] ?? odd.get(name) ?? [];
    if (wanted.length === 0 && hostConfig.publishAllPorts)
      return [{ port, hostAddress: '', hostPorts: [0, 0] }];
    return wanted.map(({ hostIp, hostPort }) => ({
      port,
      hostAddress: hostIp,
      hostPorts: parsePortRange(hostPort) ?? ([0, 0] as const),
    }));
  });
  return mergeRequests(requests);
};
