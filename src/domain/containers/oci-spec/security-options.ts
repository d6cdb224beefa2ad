// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';

/** What `HostConfig.SecurityOpt` says; absent keys stand for the defaults. */
export interface SecurityOptions {
  readonly noNewPrivileges: boolean;
  /** Text of a profile, `unconfined` or `builtin`. */
  readonly seccomp?: string;
  readonly apparmor?: string;
  readonly labels: readonly string[];
  readonly writableCgroups: boolean;
}

type Writable = { -readonly [Key in keyof SecurityOptions]: SecurityOptions[Key] };

const invalid = (code: 1 | 2, option: string): EngineError =>
  new EngineError('internal', `invalid --security-opt ${code}: "${option}"`);

/** The values Go's strconv.ParseBool takes. */
const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

const parseFlag = (value: string, option: string): boolean => {
  if (!TRUE.has(value) && !FALSE.has(value)) throw invalid(2, option);
  return TRUE.has(value);
};

const apply = (into: Writable, option: string): void => {
  if (option === 'no-new-privileges') into.noNewPrivileges = true;
  else if (option === 'writable-cgroups') into.writableCgroups = true;
  else if (option === 'disable') into.labels = [...into.labels, 'disable'];
  else applyPair(into, option);
};

const applyPair = (into: Writable, option: string): void => {
  // The colon is the older way of writing; a profile's JSON holds colons too, so the equals sign goes first.
  const at = option.includes('=') ? option.indexOf('=') : option.indexOf(':');
  if (at < 0) throw invalid(1, option);
  const key = option.slice(0, at);
  const value = option.slice(at + 1);
  if (key === 'seccomp') into.seccomp = value;
  else if (key === 'apparmor') into.apparmor = value;
  else if (key === 'label') into.labels = [...into.labels, value];
  else if (key === 'no-new-privileges') into.noNewPrivileges = parseFlag(value, option);
  else if (key === 'writable-cgroups') into.writableCgroups = parseFlag(value, option);
  else throw invalid(2, option);
};

/** @throws internal (Docker answers 500) `invalid --security-opt 1: "x"` without a value, `… 2: "x=y"` for an unknown key */
export const parseSecurityOptions = (
  options: readonly string[] | undefined,
  noNewPrivileges = false,
): SecurityOptions => {
  const parsed: Writable = { noNewPrivileges, labels: [], writableCgroups: false };
  for (const option of options ?? []) apply(parsed, option);
  return parsed;
};
