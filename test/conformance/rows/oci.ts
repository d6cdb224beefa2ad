// SPDX-License-Identifier: Apache-2.0
import { open, row, type Section } from '../coverage/row.ts';

/** What the runtime is told of every container. */
export const ociSection: Section = {
  title: 'Defaults of the runtime specification',
  rows: [
    row('oci: capabilities', 'fourteen; none in effect for a user'),
    row('oci: mounts', '/proc, /dev, /dev/pts, /sys, /sys/fs/cgroup, /dev/mqueue, /dev/shm'),
    row('oci: masked paths', 'are empty'),
    row('oci: read-only paths', 'can not be written'),
    row('oci: device cgroup', 'what may be opened'),
    row('oci: devices', 'of /dev'),
    row('oci: namespaces', 'mount, net, uts, pid, ipc'),
    row('oci: sysctls', 'ports and ping for everybody'),
    row('oci: environment', 'PATH, HOSTNAME, TERM, HOME'),
    row('oci: seccomp default', 'what is refused, and with which error'),
    row('oci: seccomp capabilities', 'what a capability opens'),
    row('oci: seccomp custom', 'a profile of ones own'),
    open('oci: apparmor', 'docker-default', 'the kernel that the suite runs on has no AppArmor'),
    row('oci: no new privileges', 'by option'),
    row('oci: init layer', '/.dockerenv, /dev/console, /etc/mtab and more'),
    row('oci: bound files', '/etc/hosts, /etc/hostname, /etc/resolv.conf, unless the user mounts others'),
  ],
};
