// SPDX-License-Identifier: Apache-2.0

/**
 * What the engine and the runtime make in every container's own layer, with the directories that they make for it. Docker
 * keeps it in a layer of its own, which no image gets and no list of changes tells.
 */
export const ENGINE_FILES: ReadonlySet<string> = new Set([
  '/.dockerenv',
  '/dev',
  '/dev/console',
  '/dev/pts',
  '/dev/shm',
  '/etc',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/mtab',
  '/etc/resolv.conf',
  '/proc',
  '/sys',
]);
