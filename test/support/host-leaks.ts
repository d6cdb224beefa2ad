// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile, rm } from 'node:fs/promises';
import { runCommand } from './run-command.ts';

/** Mount points at or below a directory, innermost first. */
export async function mountsBelow(directory: string): Promise<string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const points = table.split('\n').map((line) => line.split(' ')[4] ?? '');
  return points.filter((point) => point === directory || point.startsWith(`${directory}/`)).toReversed();
}

/** Processes whose command line names a directory: daemons, containerd and its shims that were started for it. */
export async function processesNaming(directory: string): Promise<{ pid: number; command: string }[]> {
  const found: { pid: number; command: string }[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(directory))
      found.push({ pid: Number(entry), command: command.replaceAll('\0', ' ') });
  }
  return found;
}

/** Cgroup directories of the given container ids that still exist, in any hierarchy, two levels deep. */
export async function cgroupsOf(ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const wanted = new Set(ids);
  const { stdout } = await runCommand('find', ['/sys/fs/cgroup', '-maxdepth', '4', '-type', 'd']);
  return stdout.split('\n').filter((path) => wanted.has(path.split('/').at(-1) ?? ''));
}

/** Kills, unmounts and deletes whatever of an engine is left below its directory: only for clearing up after a failure. */
export async function clearAway(directory: string, pids: readonly number[]): Promise<void> {
  const named = await processesNaming(directory);
  for (const pid of [...named.map((entry) => entry.pid), ...pids]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
  await new Promise((resolve) => setTimeout(resolve, named.length > 0 || pids.length > 0 ? 200 : 0));
  for (const point of await mountsBelow(directory)) await runCommand('umount', ['-l', point]);
  await rm(directory, { recursive: true, force: true });
}
