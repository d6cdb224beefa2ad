// SPDX-License-Identifier: Apache-2.0
import type { SpecInput } from './oci-spec.ts';

/** What decides where a container's control groups are. */
export type CgroupInput = Pick<SpecInput, 'container' | 'cgroupParent' | 'host'>;

const parentOf = ({ container: { hostConfig }, cgroupParent }: CgroupInput): string =>
  hostConfig.cgroupParent === '' ? cgroupParent : hostConfig.cgroupParent;

/** Where the container's control groups are: `<parent>/<id>`, or `slice:docker:<id>` for systemd. */
export const cgroupsPath = (input: CgroupInput): string => {
  const { id } = input.container;
  const parent = parentOf(input);
  if (input.host.cgroupDriver === 'systemd') return `${parent === '' ? 'system.slice' : parent}:docker:${id}`;
  const base = parent === '' ? '/docker' : parent;
  return `${base.startsWith('/') ? base : `/${base}`}/${id}`.replaceAll(/\/+/g, '/');
};

/** systemd nests slices by the dashes in their names: `a-b.slice` lies in `a.slice`. Source: systemd.slice(5). */
const sliceDirectory = (slice: string): string => {
  const parts = slice.replace(/\.slice$/, '').split('-');
  if (parts.join('') === '') return '';
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('-')}.slice`).join('');
};

/** The directory of the container's control group below the root of each hierarchy. */
export const cgroupDirectory = (input: CgroupInput): string => {
  if (input.host.cgroupDriver !== 'systemd') return cgroupsPath(input);
  const parent = parentOf(input);
  return `${sliceDirectory(parent === '' ? 'system.slice' : parent)}/docker-${input.container.id}.scope`;
};
