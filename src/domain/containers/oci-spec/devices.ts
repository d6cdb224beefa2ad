// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import type { RuntimeDevice, RuntimeDeviceRule } from '../../../spec/oci-runtime.ts';
import type { SpecInput } from './oci-spec.ts';

const character = (major: number, minor: number, allow = true): RuntimeDeviceRule => ({
  allow,
  type: 'c',
  major,
  minor,
  access: 'rwm',
});

/** Nothing but the harmless ones: zero, null, urandom, random, tty, console; no fuse. */
const DEFAULT_RULES: readonly RuntimeDeviceRule[] = [
  { allow: false, access: 'rwm' },
  character(1, 5),
  character(1, 3),
  character(1, 9),
  character(1, 8),
  character(5, 0),
  character(5, 1),
  character(10, 229, false),
];

const RULE = /^([acb]) ([0-9]+|\*):([0-9]+|\*) ([rwm]{1,3})$/;

const number = (key: 'major' | 'minor', text: string | undefined): object =>
  text === undefined || text === '*' ? {} : { [key]: Number(text) };

/** Reads a rule as `--device-cgroup-rule` takes it. @throws internal `invalid device cgroup rule format: 'x'` */
export const parseDeviceRule = (text: string): RuntimeDeviceRule => {
  const match = RULE.exec(text);
  if (!match) throw new EngineError('internal', `invalid device cgroup rule format: '${text}'`);
  const [, type = 'a', major, minor, access = ''] = match;
  return { allow: true, type, ...number('major', major), ...number('minor', minor), access };
};

/** The device nodes to make beside the runtime's own. */
export const deviceNodes = (input: SpecInput): readonly RuntimeDevice[] =>
  (input.devices?.nodes ?? []).map(({ path, type, major, minor, mode, uid, gid }) => ({
    path,
    type,
    major,
    minor,
    fileMode: mode,
    uid,
    gid,
  }));

/** Which devices may be used: later rules win. */
export const deviceRules = (input: SpecInput): readonly RuntimeDeviceRule[] => {
  const { hostConfig } = input.container;
  if (hostConfig.privileged) return [{ allow: true, access: 'rwm' }];
  const nodes = input.devices?.nodes ?? [];
  return [
    ...DEFAULT_RULES,
    ...nodes.map(({ type, major, minor, access }) => ({ allow: true, type, major, minor, access })),
    ...(hostConfig.deviceCgroupRules ?? []).map(parseDeviceRule),
  ];
};
