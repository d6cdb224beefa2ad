// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startDaemon, type DaemonOptions } from './daemon.ts';
import type { Engine } from './engine.ts';

/** Where Debian's dockerd 20.10 may lie unpacked, best first; $BERTH_ORACLE names another one. */
const PLACES = ['/var/cache/berth-oracle/usr/sbin/dockerd', '/tmp/w/d/usr/sbin/dockerd', '/usr/sbin/dockerd'];

/** The path of the dockerd that Berth is compared with, or undefined when this machine has none. */
export function findDockerd(): string | undefined {
  const named = process.env['BERTH_ORACLE'];
  return [...(named === undefined ? [] : [named]), ...PLACES].find((path) => existsSync(path));
}

/** Starts Debian's dockerd on its own roots, in its own network namespace, with its own containerd. */
export async function startDockerd(options: DaemonOptions = {}): Promise<Engine> {
  const dockerd = findDockerd();
  if (dockerd === undefined) throw new Error(`no dockerd to compare with: looked at ${PLACES.join(', ')}`);
  // The package's docker-init is a link to a tini beside it, which an unpacked tree does not hold.
  const programs = await mkdtemp(join(tmpdir(), 'bt-programs-'));
  await symlink('/usr/bin/tini-static', join(programs, 'docker-init'));
  const engine = await startDaemon(
    {
      kind: 'dockerd',
      argv: [dockerd],
      env: { PATH: `${programs}:${dirname(dockerd)}:${process.env['PATH'] ?? ''}` },
      flags: ['--storage-driver', 'overlay2'],
    },
    options,
  );
  const stop = engine.stop.bind(engine);
  engine.stop = async () => {
    await rm(programs, { recursive: true, force: true });
    await stop();
  };
  return engine;
}
