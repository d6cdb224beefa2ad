// SPDX-License-Identifier: Apache-2.0
import type { SpecInput } from './oci-spec.ts';

/** Every user may listen below 1024 and ping: the container's network is its own, nobody else is harmed. */
const LOW_PORTS = { 'net.ipv4.ip_unprivileged_port_start': '0' };
/** Groups that a user namespace does not map: the kernel refuses it there. */
const PING = { 'net.ipv4.ping_group_range': '0 2147483647' };

/** Kernel parameters of the container's namespaces; what the client asks for wins. */
export const sysctls = ({ container, userNamespace }: SpecInput): Readonly<Record<string, string>> => {
  const { config, hostConfig } = container;
  const ownNetwork = hostConfig.networkMode !== 'host' && !hostConfig.networkMode.startsWith('container:');
  const domain = config.domainname !== '' && hostConfig.utsMode !== 'host';
  return {
    ...(ownNetwork ? LOW_PORTS : {}),
    ...(ownNetwork && !userNamespace ? PING : {}),
    ...(domain ? { 'kernel.domainname': config.domainname } : {}),
    ...hostConfig.sysctls,
  };
};
