// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A mount namespace whose /etc takes changes that the machine's own never sees, and whose cgroups are of one version. */
export interface PrivateEtc {
  /** Runs a daemon in it: for `DaemonOptions.wrapper`. The same place at every start. */
  readonly wrapper: readonly string[];
  /** The directory of what differs from the machine's /etc. */
  readonly changes: string;
  remove(): Promise<void>;
}

// crun takes no mixed hierarchies: without the second version's mount it sees the first alone. A machine on which some
// dockerd has made its user already is as one without.
const PREPARE = `
set -e
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$1/upper,workdir=$1/work" /etc
umount -l /sys/fs/cgroup/unified 2>/dev/null || true
for file in passwd group shadow gshadow subuid subgid; do
  if grep -qs '^dockremap:' "/etc/$file"; then sed -i '/^dockremap:/d' "/etc/$file"; fi
done
echo ready
exec sleep infinity
`;

/** Makes the place. */
export async function makePrivateEtc(): Promise<PrivateEtc> {
  const folder = mkdtempSync(join(tmpdir(), 'bt-etc-'));
  const script = `mkdir "$1/upper" "$1/work"\n${PREPARE}`;
  const keeper = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(keeper, 'exit');
  await Promise.race([
    once(keeper.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('no private /etc could be made'))),
  ]);
  return {
    wrapper: ['nsenter', `--mount=/proc/${keeper.pid}/ns/mnt`],
    changes: join(folder, 'upper'),
    remove: async () => {
      keeper.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
