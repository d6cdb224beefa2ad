// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import { EngineError } from '../../base/errors.ts';
import type { ContainerConfig, HealthcheckConfig } from '../../spec/container-config.ts';
import { parseSignal } from '../../spec/signals.ts';

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

const checkEnv = (env: readonly string[]): void => {
  for (const entry of env)
    if (entry === '' || entry.startsWith('=')) throw invalid(`invalid environment variable: ${entry}`);
};

/** One millisecond in nanoseconds: what Docker refuses to go below. */
const SHORTEST = 1_000_000;

const checkHealthcheck = (check: HealthcheckConfig): void => {
  const spans: readonly (readonly [string, number])[] = [
    ['Interval', check.interval],
    ['Timeout', check.timeout],
    ['StartPeriod', check.startPeriod],
    ['StartInterval', check.startInterval],
  ];
  for (const [name, span] of spans)
    if (span !== 0 && span < SHORTEST) throw invalid(`${name} in Healthcheck cannot be less than 1ms`);
  if (check.retries < 0) throw invalid('Retries in Healthcheck cannot be negative');
};

/** Checks what a client asks for, before it is merged with the image's. @throws invalid-argument in Docker's words */
export const validateConfig = (config: ContainerConfig): void => {
  if (config.workingDir !== '' && !posix.isAbsolute(config.workingDir)) {
    throw invalid(`the working directory '${config.workingDir}' is invalid, it needs to be an absolute path`);
  }
  checkEnv(config.env ?? []);
  if (config.stopSignal !== '') parseSignal(config.stopSignal);
  if (config.healthcheck) checkHealthcheck(config.healthcheck);
};
