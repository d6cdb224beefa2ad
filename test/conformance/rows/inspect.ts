// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

/** What inspect tells. */
export const inspectSection: Section = {
  title: 'Inspect',
  rows: [
    row('inspect: keys', 'all of them, in both states'),
    row('inspect: State', 'running, stopped, created'),
    row('inspect: HostConfig', 'null, empty and zero where nothing was said'),
    row('inspect: Config', 'with what the image has'),
    row('inspect: Mounts', 'bind, volume, tmpfs'),
    row('inspect: NetworkSettings', 'running, stopped, before the first start'),
    row('inspect: Ports', 'null for an exposed one, empty when stopped'),
    row('inspect: container: mode', 'no networks'),
    row('inspect: SandboxKey', 'below the exec root; default for the host'),
    row('inspect: paths', 'empty before the first start'),
    row('inspect: Links', '`/child:/parent/alias`'),
    row('inspect: GraphDriver', 'overlay2'),
    row('inspect: size', 'when asked for'),
    row('inspect: before 1.45', 'the short id among Aliases'),
    row('inspect: ImageManifestDescriptor', 'since 1.48'),
  ],
};
