// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';

/** Where a private containerd lives and how it runs. */
export interface SupervisorPaths {
  /** Socket, configuration, pid file and log: `<exec-root>/containerd`. */
  readonly folder: string;
  /** containerd's durable data: `<data-root>/containerd/daemon`. */
  readonly root: string;
  /** What it needs until a reboot: `<exec-root>/containerd/daemon`. */
  readonly state: string;
}

export interface SupervisorSettings {
  /** containerd's own log level; `warn` when absent. */
  readonly logLevel?: string;
  /** Its `oom_score_adj`; untouched when absent. */
  readonly oomScore?: number;
}

export const socketOf = ({ folder }: SupervisorPaths): string => join(folder, 'containerd.sock');
export const configOf = ({ folder }: SupervisorPaths): string => join(folder, 'containerd.toml');
export const pidFileOf = ({ folder }: SupervisorPaths): string => join(folder, 'containerd.pid');
export const logFileOf = ({ folder }: SupervisorPaths): string => join(folder, 'containerd.log');

/**
 * Plugins that Berth has no use for and that cost start time: aufs runs `modprobe`, cri starts servers of its own.
 * The old runtime v1 stays, since the task service wants it, and so does the native snapshotter,
 * for file systems on which overlay does not work.
 */
const DISABLED = [
  'io.containerd.grpc.v1.cri',
  'io.containerd.internal.v1.opt',
  'io.containerd.internal.v1.restart',
  'io.containerd.internal.v1.tracing',
  'io.containerd.monitor.v1.cgroups',
  'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.zfs',
  'io.containerd.tracing.processor.v1.otlp',
];

/** A TOML basic string; JSON's escapes are among TOML's. */
const quote = (text: string): string => JSON.stringify(text);

/** The text of `containerd.toml`, version 2. */
export const renderConfig = (
  paths: SupervisorPaths,
  { logLevel = 'warn', oomScore }: SupervisorSettings,
): string =>
  [
    '# Written by Berth at each start.',
    'version = 2',
    `root = ${quote(paths.root)}`,
    `state = ${quote(paths.state)}`,
    ...(oomScore === undefined ? [] : [`oom_score = ${oomScore}`]),
    `disabled_plugins = [${DISABLED.map(quote).join(', ')}]`,
    '',
    '[grpc]',
    `  address = ${quote(socketOf(paths))}`,
    '',
    '[debug]',
    `  level = ${quote(logLevel)}`,
    '',
  ].join('\n');
