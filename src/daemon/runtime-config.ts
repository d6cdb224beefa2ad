// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';
import type { RuntimeOption } from './options/special-kinds.ts';

/** One runtime that containers can name. */
export interface RuntimeConfig {
  /** Name or absolute path of the OCI runtime's binary. */
  readonly binary: string;
  readonly args: readonly string[];
}

const STOCK_RUNTIMES: Readonly<Record<string, RuntimeConfig>> = {
  runc: { binary: 'runc', args: [] },
  'io.containerd.runc.v2': { binary: 'runc', args: [] },
};

const invalid = (message: string): EngineError => new EngineError('invalid-argument', message);

/** containerd's shim for runc and what is called the same way. */
const RUNC_SHIM = 'io.containerd.runc.v2';

/** The shim's own options: the program it calls. */
const shimBinary = (name: string, options: unknown): string => {
  const given = Object.entries(options ?? {});
  const other = given.find(([key, value]) => key !== 'BinaryName' || typeof value !== 'string');
  if (other) throw invalid(`runtime ${name}: option ${other[0]} of ${RUNC_SHIM} is not understood`);
  return String(given[0]?.[1] ?? 'runc');
};

const runtimeConfig = (name: string, option: RuntimeOption): RuntimeConfig => {
  const { path, runtimeArgs = [], runtimeType } = option;
  if (runtimeType === '') return { binary: path, args: runtimeArgs };
  if (path !== '' || runtimeArgs.length > 0)
    throw invalid(`runtime ${name}: path and runtimeArgs cannot be used with runtimeType`);
  if (runtimeType !== RUNC_SHIM)
    throw new EngineError(
      'not-implemented',
      `runtime ${name}: runtimeType ${runtimeType} is not available, only ${RUNC_SHIM}`,
    );
  return { binary: shimBinary(name, option.options), args: [] };
};

/** The stock runtimes and those of `add-runtime`. @throws invalid-argument, not-implemented for one that can't be called */
export const joinRuntimes = (
  options: Readonly<Record<string, RuntimeOption>> = {},
): Readonly<Record<string, RuntimeConfig>> => ({
  ...STOCK_RUNTIMES,
  ...Object.fromEntries(Object.entries(options).map(([name, option]) => [name, runtimeConfig(name, option)])),
});
