// SPDX-License-Identifier: Apache-2.0
import type { SpecInput } from './oci-spec.ts';

/** Where the container's control groups are: `<parent>/<id>`, or `slice:docker:<id>` for systemd. */
export const cgroupsPath = (input: SpecInput): string => {
  const { id, hostConfig } = input.container;
  const parent = hostConfig.cgroupParent === '' ? input.cgroupParent : hostConfig.cgroupParent;
  if (input.host.cgroupDriver === 'systemd') return `${parent === '' ? 'system.slice' : parent}:docker:${id}`;
  const base = parent === '' ? '/docker' : parent;
  return `${base.startsWith('/') ? base : `/${base}`}/${id}`.replaceAll(/\/+/g, '/');
};
