// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { scanJson } from '../../../base/go-json-syntax.ts';
import type { RuntimeSyscallArg } from '../../../spec/oci-runtime.ts';

/** A profile file as clients hand it in (containers.md, "Custom profile JSON"). */
export interface SeccompProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly archMap?: readonly {
    readonly architecture: string;
    readonly subArchitectures?: readonly string[] | null;
  }[];
  readonly flags?: readonly string[];
  readonly listenerPath?: string;
  readonly listenerMetadata?: string;
  readonly syscalls?: readonly SeccompRule[] | null;
}

export interface SeccompRule {
  readonly names?: readonly string[];
  readonly name?: string;
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly RuntimeSyscallArg[] | null;
  readonly includes?: SeccompCondition;
  readonly excludes?: SeccompCondition;
}

export interface SeccompCondition {
  readonly caps?: readonly string[] | null;
  readonly arches?: readonly string[] | null;
  /** `4.8` */
  readonly minKernel?: string;
}

const undecodable = (detail: string): EngineError =>
  new EngineError('internal', `Decoding seccomp profile failed: ${detail}`);

/** @throws internal (Docker answers 500 at start) `Decoding seccomp profile failed: …` */
export const parseSeccompProfile = (text: string): SeccompProfile => {
  const scan = scanJson(text);
  if (scan.kind !== 'value') throw undecodable(scan.kind === 'empty' ? 'EOF' : scan.message);
  const profile: unknown = JSON.parse(text.slice(0, scan.end));
  if (typeof profile !== 'object' || profile === null || Array.isArray(profile))
    throw undecodable('json: cannot unmarshal the profile: it is no object');
  return profile as SeccompProfile;
};
