// SPDX-License-Identifier: Apache-2.0
import { isAbsolute } from 'node:path';
import { isIPv4 } from 'node:net';
import { EngineError } from '../base/errors.ts';
import { isLogLevel } from './config.ts';
import { splitPair } from './options/kinds.ts';
import type { Settings } from './options/table.ts';

const invalid = (message: string): EngineError => new EngineError('invalid-argument', message);

type Rule = (settings: Settings) => string | undefined;

const atLeastZero =
  (name: 'max-concurrent-downloads' | 'max-concurrent-uploads' | 'max-download-attempts'): Rule =>
  (settings) =>
    (settings[name] ?? 0) < 0 ? `invalid ${name.replaceAll('-', ' ')}: ${settings[name]}` : undefined;

const labelsDoNotConflict: Rule = (settings) => {
  const seen = new Map<string, string>();
  for (const label of settings.label ?? []) {
    const [key, value] = splitPair(label);
    const before = seen.get(key);
    if (before !== undefined && before !== value)
      return `conflict labels for ${key}=${value} and ${key}=${before}`;
    seen.set(key, value);
  }
  return undefined;
};

const RULES: readonly Rule[] = [
  (settings) => {
    const level = settings['log-level'];
    return level !== undefined && !isLogLevel(level) ? `invalid logging level: ${level}` : undefined;
  },
  (settings) => {
    const format = settings['log-format'];
    return format !== undefined && !['text', 'json', ''].includes(format)
      ? `invalid log format: ${format}`
      : undefined;
  },
  labelsDoNotConflict,
  ({ mtu = 0 }) => (mtu < 0 ? `invalid default MTU: ${mtu}` : undefined),
  atLeastZero('max-concurrent-downloads'),
  atLeastZero('max-concurrent-uploads'),
  (settings) =>
    (settings['max-download-attempts'] ?? 0) < 0
      ? `invalid max download attempts: ${settings['max-download-attempts']}`
      : undefined,
  (settings) => {
    const port = settings['network-diagnostic-port'] ?? 0;
    return port < 0 || port > 65535
      ? `invalid network-diagnostic-port (${port}): value must be between 0 and 65535`
      : undefined;
  },
  (settings) => {
    const mode = settings['default-ipc-mode'] ?? '';
    return ['', 'private', 'shareable'].includes(mode)
      ? undefined
      : `IPC mode "${mode}" is not supported as default value; use "shareable" or "private"`;
  },
  (settings) => {
    const mode = settings['default-cgroupns-mode'] ?? '';
    return ['', 'private', 'host'].includes(mode)
      ? undefined
      : `invalid default cgroup namespace (${mode}): use "host" or "private"`;
  },
  (settings) => {
    const path = settings['userland-proxy-path'] ?? '';
    return path !== '' && !isAbsolute(path)
      ? `invalid userland-proxy-path: must be an absolute path: ${path}`
      : undefined;
  },
  (settings) => {
    const addresses = settings['host-gateway-ip'] ?? [];
    const fours = addresses.filter((address) => isIPv4(address)).length;
    if (fours > 1) return 'only one IPv4 host gateway IP address can be specified';
    return addresses.length - fours > 1
      ? 'only one IPv6 host gateway IP address can be specified'
      : undefined;
  },
];

/** What `--validate` checks over flags and file together. @throws invalid-argument, in dockerd's words */
export const validateSettings = (settings: Settings): void => {
  for (const rule of RULES) {
    const complaint = rule(settings);
    if (complaint !== undefined) throw invalid(complaint);
  }
};

/** What `--validate` lets pass and a start does not. @throws invalid-argument, in dockerd's words */
export const refuseContradictions = (settings: Settings): void => {
  const [bridge, bip, bip6] = [settings.bridge, settings.bip, settings.bip6].map((text) => text ?? '');
  const given = bip !== '' ? '--bip' : '--bip6';
  if (bridge !== '' && (bip !== '' || bip6 !== ''))
    throw invalid(`You specified -b & ${given}, mutually exclusive options. Please specify only one`);
  if (settings.iptables === false && settings.icc === false)
    throw invalid(
      'You specified --iptables=false with --icc=false. ICC=false uses iptables to function. Please set --icc or --iptables to true',
    );
  if (settings.ip6tables === false && settings.icc === false && settings.ipv6 === true)
    throw invalid(
      'You specified --ip6tables=false with --icc=false. ICC=false uses ip6tables to function. Please set --icc or --ip6tables to true',
    );
  const runtime = settings['default-runtime'] ?? '';
  if (
    !['', 'runc', 'io.containerd.runc.v2'].includes(runtime) &&
    settings['add-runtime']?.[runtime] === undefined
  )
    throw invalid(`specified default runtime '${runtime}' does not exist`);
  const driver = settings['storage-driver'] ?? '';
  if (!['', 'overlay2', 'overlayfs'].includes(driver))
    throw invalid(`error initializing graphdriver: driver not supported: ${driver}`);
  const seccomp = settings['seccomp-profile'] ?? '';
  if (!['', 'builtin'].includes(seccomp))
    throw new EngineError(
      'not-implemented',
      `seccomp-profile ${seccomp} is not available yet as a default; use --security-opt`,
    );
};
