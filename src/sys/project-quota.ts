// SPDX-License-Identifier: Apache-2.0
import { checked } from './errno.ts';
import { declare } from './libc.ts';

/** The number of quotactl_fd on every architecture (`<asm-generic/unistd.h>`), Linux 5.14. */
const SYS_QUOTACTL_FD = 443;
/** `<linux/quota.h>`: quotas of projects; a command has the kind in its lowest byte. */
const PRJQUOTA = 2;
/** `<linux/dqblk_xfs.h>`: XQM_CMD(3) and XQM_CMD(4), understood by XFS and ext4. */
const Q_XGETQUOTA = 0x5803;
const Q_XSETQLIM = 0x5804;
/** `<linux/dqblk_xfs.h>`: the record's version and kind, and which of its fields count. */
const FS_DQUOT_VERSION = 1;
const FS_PROJ_QUOTA = 2;
const FS_DQ_BSOFT = 4;
const FS_DQ_BHARD = 8;
/** Bytes of `struct fs_disk_quota`, and of the blocks that it counts in. */
const DISK_QUOTA_SIZE = 112;
const BASIC_BLOCK = 512;
/** `<linux/fs.h>`: `_IOR('X', 31, struct fsxattr)`, `_IOW('X', 32, struct fsxattr)`, 28 bytes. */
const FS_IOC_FSGETXATTR = 0x801c581f;
const FS_IOC_FSSETXATTR = 0x401c5820;
const FSXATTR_SIZE = 28;
/** What is made in the directory belongs to its project. */
const FS_XFLAG_PROJINHERIT = 0x200;
/** Places in `struct fsxattr`. */
const AT_FLAGS = 0;
const AT_PROJECT = 12;

const quotactl = declare<
  (number: number, file: number, command: number, id: number, record: Uint8Array) => number
>('long syscall(long number, unsigned int file, unsigned int command, unsigned int id, void *record)');
const ioctl = declare<(file: number, request: number, record: Uint8Array) => number>(
  'int ioctl(int file, unsigned long request, void *record)',
);

const command = (number: number): number => ((number << 8) | PRJQUOTA) >>> 0;

const attributesOf = (file: number): Buffer => {
  const record = Buffer.alloc(FSXATTR_SIZE);
  checked(ioctl(file, FS_IOC_FSGETXATTR, record), 'ioctl FS_IOC_FSGETXATTR');
  return record;
};

/** The project that the open directory belongs to; 0 for none. @throws by errno where the file system has no projects */
export const projectOf = (file: number): number => attributesOf(file).readUInt32LE(AT_PROJECT);

/** Makes an open directory, and what will be made in it, part of a project. @throws by errno */
export const setProject = (file: number, project: number): void => {
  const record = attributesOf(file);
  record.writeUInt32LE((record.readUInt32LE(AT_FLAGS) | FS_XFLAG_PROJINHERIT) >>> 0, AT_FLAGS);
  record.writeUInt32LE(project, AT_PROJECT);
  checked(ioctl(file, FS_IOC_FSSETXATTR, record), 'ioctl FS_IOC_FSSETXATTR');
};

/** The record that limits a project to `bytes`, rounded up to whole blocks. Layout: `struct fs_disk_quota` of `<linux/dqblk_xfs.h>`. */
export const encodeLimit = (project: number, bytes: number): Buffer => {
  const record = Buffer.alloc(DISK_QUOTA_SIZE);
  const blocks = BigInt(Math.ceil(bytes / BASIC_BLOCK));
  record.writeInt8(FS_DQUOT_VERSION, 0);
  record.writeInt8(FS_PROJ_QUOTA, 1);
  record.writeUInt16LE(FS_DQ_BSOFT | FS_DQ_BHARD, 2);
  record.writeUInt32LE(project, 4);
  record.writeBigUInt64LE(blocks, 8);
  record.writeBigUInt64LE(blocks, 16);
  return record;
};

/** Limits what a project may take of the file system that the open directory lies on. @throws by errno without project quotas */
export const limitProject = (file: number, project: number, bytes: number): void => {
  const record = encodeLimit(project, bytes);
  checked(Number(quotactl(SYS_QUOTACTL_FD, file, command(Q_XSETQLIM), project, record)), 'quotactl_fd');
};

/** Asks for a project's record. @throws by errno: ENOENT for a project without one, others where there are no project quotas */
export const askLimit = (file: number, project: number): void => {
  const record = Buffer.alloc(DISK_QUOTA_SIZE);
  checked(Number(quotactl(SYS_QUOTACTL_FD, file, command(Q_XGETQUOTA), project, record)), 'quotactl_fd');
};
