// SPDX-License-Identifier: Apache-2.0
import type { RuntimeProcess } from '../../../spec/oci-runtime.ts';
import type { ExecRequest, TerminalSize } from '../containers.ts';
import { boundingCapabilities } from '../oci-spec/capabilities.ts';
import { mergeEnvironment, processEnvironment } from '../oci-spec/environment.ts';
import { confinement, consoleSize, type ProcessInput } from '../oci-spec/process.ts';

/** The process of an exec: confined as the container is, unless it is privileged. */
export const execProcess = (
  input: ProcessInput,
  request: ExecRequest,
  size: TerminalSize | undefined,
): RuntimeProcess => {
  const { container, host } = input;
  const { config, hostConfig } = container;
  const bounding = request.privileged
    ? host.capabilities
    : boundingCapabilities(hostConfig, host.capabilities);
  const confined = confinement(
    request.privileged ? { ...input, container: { ...container, appArmorProfile: '' } } : input,
    bounding,
  );
  const own = processEnvironment({
    hostname: config.hostname,
    tty: request.tty,
    links: input.linkEnv ?? [],
    env: config.env ?? [],
  });
  return {
    terminal: request.tty,
    ...(request.tty && size ? consoleSize([size.height, size.width]) : {}),
    ...confined,
    args: request.cmd,
    env: mergeEnvironment(own, request.env),
    cwd: request.workingDir || config.workingDir || '/',
  };
};
