// SPDX-License-Identifier: Apache-2.0
import { isKind, messageOf } from '../../../base/errors.ts';
import { now } from '../../../base/time.ts';
import { formatGoDuration } from '../../../spec/go-duration.ts';
import type { Container } from '../container.ts';
import type { ExecRequest } from '../containers.ts';
import type { Execs } from '../exec/execs.ts';
import { type HealthResult, probeTimeout } from './health.ts';
import { probeOf } from './run-health.ts';

export interface ProbeDeps {
  readonly execs: Pick<Execs, 'run'>;
}

/** Bytes of a probe's output that are kept. */
const LONGEST_OUTPUT = 4096;

/** A probe runs as the container does: its user, directory and environment are what an exec has that asks for none. */
const request = (cmd: readonly string[]): ExecRequest => ({
  attachStdin: false,
  attachStdout: true,
  attachStderr: true,
  tty: false,
  env: [],
  cmd,
  privileged: false,
  user: '',
  workingDir: '',
});

const textOf = (output: Uint8Array, truncated: boolean): string =>
  Buffer.from(output).toString('utf8') + (truncated ? '...' : '');

/** Runs a container's check once. Whatever goes wrong is its result; `signal` ends it early. */
export const runProbe = async (
  { execs }: ProbeDeps,
  container: Container,
  signal: AbortSignal,
): Promise<HealthResult> => {
  const start = now();
  const timeout = container.config.healthcheck ? probeTimeout(container.config.healthcheck) : undefined;
  const failed = (output: string): HealthResult => ({ start, end: now(), exitCode: -1, output });
  try {
    const ended = await execs.run(container.id, request(probeOf(container) ?? []), {
      limit: LONGEST_OUTPUT,
      ...(timeout !== undefined && { timeout }),
      signal,
    });
    const output = textOf(ended.output, ended.truncated);
    if (ended.exitCode !== undefined) return { start, end: now(), exitCode: ended.exitCode, output };
    const late = `Health check exceeded timeout (${timeout === undefined ? '' : formatGoDuration(timeout)})`;
    return failed(output === '' ? late : `${late}: ${output}`);
  } catch (error) {
    if (isKind(error, 'cancelled')) return failed('');
    return failed(messageOf(error));
  }
};
