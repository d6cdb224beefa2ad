// SPDX-License-Identifier: Apache-2.0
import { open, row, type Section, tested } from '../../coverage/row.ts';

const LOCAL = 'test/integration/volumes/local-driver.test.ts';
const ADDRESS = 'src/adapters/mounts/network-address.test.ts';

/** Options of the local driver, and when what they name is mounted. */
export const localDriver: Section = {
  title: 'Local driver',
  rows: [
    row('local: options', 'unknown ones, missing partners and bad sizes are 400'),
    row(
      'local: mount errors',
      '`failed to mount local volume: mount …`, the container stays created with 128',
    ),
    row('local: tmpfs', 'size, owner and mode by `o`'),
    tested(
      'local: bind',
      'read-only when asked; the source is left alone',
      LOCAL,
      'a bind shows the directory that it names, read-only when asked, and leaves it alone',
    ),
    tested(
      'local: ext4',
      'an image on a loop device',
      LOCAL,
      'an ext4 image on a loop device keeps what is written',
    ),
    tested('local: btrfs and xfs', 'where mkfs is there', LOCAL, 'btrfs and xfs images are mounted, too'),
    tested(
      'local: network addresses',
      '`addr=` and the host of a share are resolved at each mount',
      ADDRESS,
      'is found by the name in `addr=`',
    ),
    tested(
      'local: passwords',
      'are not told',
      LOCAL,
      'a file system that the kernel lacks, a name that nobody knows and a bad option are told',
    ),
    tested(
      'local: mounted while used',
      'by the first container, until the last has ended',
      LOCAL,
      'a tmpfs is mounted for its first user and unmounted after its last',
    ),
    tested(
      'local: mounted over a kill of the daemon',
      'once where it is used, not where it is used no more',
      'test/integration/volumes/crash.test.ts',
      'after a kill a volume in use stays mounted once, one that nobody uses any more is unmounted',
    ),
    tested(
      'local: docker cp',
      'mounts for the time',
      LOCAL,
      'copies in and out of a stopped container go through its volumes, mounted for the time',
    ),
    tested(
      'local: size',
      '400 where the file system has no project quotas',
      'src/domain/volumes/volumes.test.ts',
      'is refused elsewhere',
    ),
    tested(
      'local: size by project quotas',
      'the calls; XFS and ext4 with prjquota',
      'src/sys/project-quota.test.ts',
      'a limit is written in blocks of 512 bytes, hard and soft',
    ),
    open(
      'local: NFS from a real server',
      'by the kernel’s client',
      'this kernel has no NFS (neither client nor server), nor CIFS; nor quotas of projects (no QFMT_V2, no XFS_QUOTA)',
    ),
  ],
};
