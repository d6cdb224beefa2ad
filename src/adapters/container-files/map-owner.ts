// SPDX-License-Identifier: Apache-2.0
import { type IdMaps, toContainerOwner } from '../../spec/id-maps.ts';
import type { NewTarEntry } from '../../spec/tar/entry.ts';

const CAPABILITY = 'security.capability';
/** `<linux/capability.h>`: revision 3 has behind the value of revision 2 (20 bytes) whose root the capabilities are of. */
const REVISION_2 = 2;
const REVISION_3 = 3;
const REVISION_2_SIZE = 20;

/** File capabilities of a user namespace's root, as those of any root. */
const mapCapability = (value: Uint8Array): Uint8Array => {
  if (value[3] !== REVISION_3) return value;
  const mapped = value.slice(0, REVISION_2_SIZE);
  mapped[3] = REVISION_2;
  return mapped;
};

/** An entry with the container's ids. What does not belong to the container keeps the host's. */
export const mapOwner = (entry: NewTarEntry, maps: IdMaps): NewTarEntry => {
  const capability = entry.xattrs?.get(CAPABILITY);
  const mapped =
    capability && entry.xattrs
      ? { ...entry, xattrs: new Map([...entry.xattrs, [CAPABILITY, mapCapability(capability)]]) }
      : entry;
  try {
    return { ...mapped, ...toContainerOwner(maps, { uid: entry.uid ?? 0, gid: entry.gid ?? 0 }) };
  } catch {
    return mapped;
  }
};
