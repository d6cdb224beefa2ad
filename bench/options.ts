// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface BenchOptions {
  /** Few samples, for trying the benchmark itself. */
  readonly isQuick: boolean;
  /** Parts of benchmarks' names, between commas; the page is not written then. */
  readonly only: string | undefined;
  /** Leave crun out. */
  readonly isWithoutCrun: boolean;
  readonly isDockerdAlone: boolean;
}

/** Reads the command line. @throws TypeError on an unknown flag. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean' },
      only: { type: 'string' },
      'no-crun': { type: 'boolean' },
      'dockerd-alone': { type: 'boolean' },
    },
  });
  return {
    isQuick: values.quick ?? false,
    only: values.only,
    isWithoutCrun: values['no-crun'] ?? false,
    isDockerdAlone: values['dockerd-alone'] ?? false,
  };
}

/** Whether a benchmark of this name is to be measured. */
export const isWanted = ({ only }: Pick<BenchOptions, 'only'>, name: string): boolean =>
  only === undefined || only.split(',').some((part) => name.includes(part));
