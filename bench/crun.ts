// SPDX-License-Identifier: Apache-2.0
import type { DaemonOptions } from '../test/support/daemon.ts';
import type { Engine } from '../test/support/engine.ts';
import { mustDocker, timed, type Benchmark } from './row.ts';

// crun 1.8.1 refuses hybrid cgroups; a mount namespace in which the v2 tree is not mounted is no hybrid.
const WITHOUT_UNIFIED = [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"',
  'without-unified',
];

/** Makes a starter put its daemon into a mount namespace in which crun starts. */
export function startWithCrun(
  start: (options?: DaemonOptions) => Promise<Engine>,
): (options?: DaemonOptions) => Promise<Engine> {
  return (options) => start({ ...options, wrapper: WITHOUT_UNIFIED });
}

function run(network: string, aim: number): Benchmark {
  const row = `docker run --rm --runtime crun, ${network}`;
  return {
    name: `crun-${network}`,
    rows: { [row]: { unit: 'ms', aim } },
    iterations: 20,
    quickIterations: 3,
    sample: async (engine) => ({
      [row]: await timed(() =>
        mustDocker(engine, ['run', '--rm', '--runtime', 'crun', '--network', network, 'busybox', 'true']),
      ),
    }),
  };
}

const PUBLISHED = 'docker run --rm --runtime crun -p, bridge';

const published: Benchmark = {
  name: 'crun-publish',
  rows: { [PUBLISHED]: { unit: 'ms', aim: 0.35 } },
  iterations: 20,
  quickIterations: 3,
  sample: async (engine) => ({
    [PUBLISHED]: await timed(() =>
      mustDocker(engine, ['run', '--rm', '--runtime', 'crun', '-p', '20000:80', 'busybox', 'true']),
    ),
  }),
};

/** The rows that change with the runtime. */
export const crunBenchmarks: readonly Benchmark[] = [
  run('bridge', 0.3),
  run('none', 0.4),
  run('host', 0.5),
  published,
];
