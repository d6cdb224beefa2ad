// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

/** What create makes of its body in each version of the API. */
export const createMatrix: Section = {
  title: 'Create through the versions',
  rows: [
    row('create <1.25', 'no AutoRemove'),
    row('create <1.40', 'binds are recursive, an empty IpcMode is shareable'),
    row('create <1.41', 'an empty CgroupnsMode is host on cgroup v1; platform is ignored'),
    row(
      'create <1.42',
      'no CreateMountpoint, no ConsoleSize; options of another mount type are refused later',
    ),
    row('create >=1.42', 'no KernelMemory; options of another mount type are 400'),
    row('create <1.43', 'no Annotations'),
    row(
      'create <1.44',
      'no StartInterval; one endpoint; a MacAddress moves to it; no recursive read-only binds',
    ),
    row('create >=1.44', 'MacAddress warns, or must match'),
    row('create <1.45', 'Subpath is 400'),
    row('create <1.48', 'no image mounts; sysctls of an interface are moved with a warning'),
    row('create >=1.48', 'sysctls of an interface are 500; VolumeDriver beside mounts warns'),
    row('create: every version', 'an empty network mode is bridge; PidsLimit below 1 is null'),
    row('create: body', 'any case of keys, unknown keys, bad JSON and types'),
  ],
};
