// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import type { ContainerConfig, HealthcheckConfig } from '../../spec/container-config.ts';

const keyOf = (entry: string): string => entry.split('=', 1)[0] ?? '';

/** The image's variables come behind the container's own, where those do not set or unset them. */
const mergeEnv = (
  own: readonly string[] | undefined,
  image: readonly string[] | undefined,
): readonly string[] | undefined => {
  if (!own || !image) return own ?? image;
  const set = new Set(own.map(keyOf));
  return [...own, ...image.filter((entry) => !set.has(keyOf(entry)))];
};

const isEmpty = (list: readonly string[] | undefined): list is undefined | readonly [] =>
  list === undefined || list.length === 0;

type Program = Pick<ContainerConfig, 'entrypoint' | 'cmd'>;

/**
 * Which program runs: an entrypoint of the container's own drops the image's command; `[""]` drops the image's
 * entrypoint and leaves none.
 */
const mergeProgram = (
  own: Program,
  image: Program,
): { entrypoint?: readonly string[]; cmd?: readonly string[] } => {
  if (isEmpty(own.entrypoint)) {
    const cmd = isEmpty(own.cmd) ? (image.cmd ?? own.cmd) : own.cmd;
    // `[]` inherits nothing and stays as it is.
    const entrypoint = own.entrypoint ?? image.entrypoint;
    return { ...(entrypoint && { entrypoint }), ...(cmd && { cmd }) };
  }
  const cleared = own.entrypoint.length === 1 && own.entrypoint[0] === '';
  return { ...(!cleared && { entrypoint: own.entrypoint }), ...(own.cmd && { cmd: own.cmd }) };
};

const mergeHealthcheck = (
  own: HealthcheckConfig | undefined,
  image: HealthcheckConfig | undefined,
): HealthcheckConfig | undefined => {
  if (!own || !image) return own ?? image;
  const test = isEmpty(own.test) ? image.test : own.test;
  return {
    ...(test && { test }),
    interval: own.interval || image.interval,
    timeout: own.timeout || image.timeout,
    startPeriod: own.startPeriod || image.startPeriod,
    startInterval: own.startInterval || image.startInterval,
    retries: own.retries || image.retries,
  };
};

const union = <Value>(
  own: Readonly<Record<string, Value>> | undefined,
  image: Readonly<Record<string, Value>> | undefined,
): Readonly<Record<string, Value>> | undefined => (own || image) && { ...image, ...own };

/** Without dots, double slashes and a slash at the end. */
const cleanDirectory = (path: string): string => (path === '' ? '' : posix.resolve('/', path));

/** What the container runs with: its own configuration, and the image's wherever it leaves something open. */
export const mergeConfig = (own: ContainerConfig, image: ContainerConfig): ContainerConfig => {
  const { entrypoint: _e, cmd: _c, ...rest } = own;
  const program = mergeProgram(own, image);
  // A `CMD-SHELL` list and the arguments' escaping belong to the command they came with.
  const argsEscaped = program.cmd === image.cmd ? own.argsEscaped || image.argsEscaped : own.argsEscaped;
  const healthcheck = mergeHealthcheck(own.healthcheck, image.healthcheck);
  return {
    ...rest,
    ...program,
    argsEscaped,
    user: own.user || image.user,
    workingDir: cleanDirectory(own.workingDir || image.workingDir),
    stopSignal: own.stopSignal || image.stopSignal,
    stopTimeout: own.stopTimeout ?? image.stopTimeout,
    env: mergeEnv(own.env, image.env),
    shell: isEmpty(own.shell) ? image.shell : own.shell,
    exposedPorts: union(own.exposedPorts, image.exposedPorts),
    // None of one's own is not the same as none at all: the image's null stays null.
    volumes: Object.keys(own.volumes ?? {}).length === 0 ? image.volumes : union(own.volumes, image.volumes),
    labels: union(own.labels, image.labels) ?? {},
    ...(healthcheck && { healthcheck }),
  };
};

/** The program and its arguments, entrypoint and command joined. `undefined` when both are empty. */
export const programOf = (
  config: ContainerConfig,
): { readonly path: string; readonly args: readonly string[] } | undefined => {
  const [path, ...args] = [...(config.entrypoint ?? []), ...(config.cmd ?? [])];
  return path === undefined ? undefined : { path, args };
};
