// SPDX-License-Identifier: Apache-2.0
import type { RuntimeNamespace } from '../../../spec/oci-runtime.ts';
import type { SpecInput } from './oci-spec.ts';

type Kind = RuntimeNamespace['type'];

const own = (type: Kind, path?: string): RuntimeNamespace => (path === undefined ? { type } : { type, path });

/** The namespaces of a container: new ones, one to join where a path is given, none where it shares the host's. */
export const namespaces = (input: SpecInput): readonly RuntimeNamespace[] => {
  const { networkMode, utsMode, pidMode, ipcMode, cgroupnsMode } = input.container.hostConfig;
  const all: RuntimeNamespace[] = [own('mount')];
  if (input.userNamespace) all.push(own('user', input.userNamespace.path));
  if (networkMode !== 'host') all.push(own('network', input.networkNamespace));
  if (utsMode !== 'host') all.push(own('uts'));
  if (pidMode !== 'host') all.push(own('pid', input.pidNamespace));
  if (ipcMode !== 'host') all.push(own('ipc', input.ipcNamespace));
  if (cgroupnsMode === 'private') all.push(own('cgroup'));
  return all;
};
