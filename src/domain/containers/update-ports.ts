// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import type { HostConfig } from '../../spec/host-config.ts';
import type { Container } from './container.ts';
import type { Core } from './core.ts';
import { networkDonor } from './network-mode.ts';
import { formatPort, parsePort, publishRequests, validatePortBindings } from './ports.ts';
import { hasProcess } from './state.ts';

export type UpdatePortsDeps = Pick<Core, 'networks' | 'runs'>;

type PortBindings = NonNullable<HostConfig['portBindings']>;

/** Other ports for a container that exists (an extension of the API: moby#2045). */
export interface PortUpdate {
  /** The container with them: what is published is exposed too, as the CLI has it at create. */
  readonly container: Container;
  readonly warnings: readonly string[];
}

const withPorts = (container: Container, portBindings: PortBindings): Container => {
  const { config, hostConfig } = container;
  const added = Object.keys(portBindings).map((key) => [formatPort(parsePort(key)), {}] as const);
  const exposed = { ...config.exposedPorts, ...Object.fromEntries(added) };
  return {
    ...container,
    config: Object.keys(exposed).length > 0 ? { ...config, exposedPorts: exposed } : config,
    // Whoever says what is published says all of it.
    hostConfig: { ...hostConfig, portBindings, publishAllPorts: false },
  };
};

const warningsOf = (mode: string, portBindings: PortBindings): readonly string[] =>
  (mode === 'host' || mode === 'none') && Object.keys(portBindings).length > 0
    ? [`Published ports are discarded when using ${mode} network mode`]
    : [];

/** What is wrong with the ports themselves, as at create. @throws invalid-argument */
export const checkPortUpdate = ({ portBindings }: Pick<HostConfig, 'portBindings'>): void => {
  if (portBindings) validatePortBindings({ portBindings });
};

/** Plans other ports for a container; nothing has happened yet. @throws invalid-argument where its network is another container's */
export const planPortUpdate = (
  container: Container,
  { portBindings }: Pick<HostConfig, 'portBindings'>,
): PortUpdate => {
  if (!portBindings) return { container, warnings: [] };
  const mode = container.hostConfig.networkMode;
  if (networkDonor(mode) !== undefined && Object.keys(portBindings).length > 0)
    throw new EngineError(
      'invalid-argument',
      'conflicting options: port publishing and the container type network mode',
    );
  return { container: withPorts(container, portBindings), warnings: warningsOf(mode, portBindings) };
};

/** Publishes the ports that a container's configuration asks for, where it runs: all of them, or nothing has changed. */
export const publishPortsOf = async (deps: UpdatePortsDeps, container: Container): Promise<void> => {
  if (!hasProcess(container.state) || !deps.runs.get(container.id)?.sandbox) return;
  await deps.networks.changePorts(container.id, publishRequests(container.config, container.hostConfig));
};

/** The same for ports as they were before: a failure is told in the log alone, for nobody waits for it. */
export const restorePortsOf = async (
  deps: UpdatePortsDeps & Pick<Core, 'log'>,
  container: Container,
): Promise<void> => {
  try {
    await publishPortsOf(deps, container);
  } catch (error) {
    deps.log.warn('published ports could not be restored', {
      container: container.id,
      error: messageOf(error),
    });
  }
};
