// SPDX-License-Identifier: Apache-2.0
import type { HostNetwork } from '../../adapters/host-network/index.ts';
import { EngineError, messageOf } from '../../base/errors.ts';
import type { EndpointRequest } from '../../spec/endpoint-settings.ts';
import type { PlacedEndpoint } from './driver.ts';
import { ENDPOINT_SYSCTLS } from './place-endpoint.ts';

/** The placeholder in small letters, too: that is what docker's CLI makes of it. */
const ENTRY = /^net\.(ipv4|ipv6|mpls)\.([^.=/]+)\.(?:IFNAME|ifname)\.([^=/]+)=(.*)$/;

const entriesOf = (driverOpts: EndpointRequest['driverOpts']): readonly string[] =>
  (driverOpts?.[ENDPOINT_SYSCTLS] ?? '').split(',').filter((entry) => entry !== '');

/** What is wrong with an endpoint's sysctls, in Docker's words. */
export const sysctlErrors = ({ driverOpts }: Pick<EndpointRequest, 'driverOpts'>): readonly string[] =>
  entriesOf(driverOpts)
    .filter((entry) => !ENTRY.test(entry))
    .map(
      (entry) =>
        `unrecognised network interface sysctl '${entry}'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'`,
    );

/** Sets them, with the thread in the endpoint's namespace. @throws internal for one that the kernel refuses */
export const applySysctls = (
  hostNetwork: HostNetwork,
  { request, interfaceName }: Pick<PlacedEndpoint, 'request' | 'interfaceName'>,
): void => {
  for (const entry of entriesOf(request?.driverOpts)) {
    const [, family, table, name, value] = ENTRY.exec(entry) ?? [];
    if (family === undefined || value === undefined) continue;
    try {
      hostNetwork.changeSetting(`${family}/${table}/${interfaceName}/${name}`, value);
    } catch (cause) {
      throw new EngineError('internal', `failed to set sysctl ${entry}: ${messageOf(cause)}`, { cause });
    }
  }
};
