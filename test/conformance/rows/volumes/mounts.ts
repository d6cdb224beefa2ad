// SPDX-License-Identifier: Apache-2.0
import { row, type Section, tested } from '../../coverage/row.ts';

const COPY_UP = 'test/integration/kernel/copy-up.test.ts';

/** Volumes in containers. Fields and errors of `Binds` and `Mounts` are rows of containers. */
export const volumeMounts: Section = {
  title: 'Mounts in containers',
  rows: [
    row(
      'mount: copy-up',
      'into empty volumes, at create: owners, modes, times, links, attributes; nocopy; not for binds',
    ),
    tested(
      'mount: copy-up of devices and holes',
      'sparse files stay so',
      COPY_UP,
      'attributes, times, devices and holes are copied as a whole',
    ),
    tested(
      'mount: copy-up as a whole',
      'all files or none; two at once',
      COPY_UP,
      'of two copies into one directory the first fills it, and what somebody put there meanwhile stays',
    ),
    row('mount: subpath', 'does not lead out of the volume; 404 when it is not there'),
    row('mount: volumes-from', 'modes; own mounts come first'),
    row(
      'mount: modes of the other kind',
      'nocopy for a bind, a propagation for a volume, words twice: the errors of dockerd',
    ),
    row('mount: z and Z', 'taken, without effect where SELinux is not'),
    row('mount: propagation', 'shared needs a shared source'),
    row('mount: bind sources', 'made by -v; files stay files'),
    tested(
      'mount: volume-driver',
      'for volumes of -v and of the image',
      'test/integration/volumes/plugin-faults.test.ts',
      'the driver of a container is that of its volumes',
    ),
  ],
};
